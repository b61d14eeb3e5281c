import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { type ContributionPart, packContribution } from '../../domain/drift/contribution.ts';
import type { CountingPlan } from '../../domain/drift/count-rows.ts';
import type { Truth } from '../../domain/drift/label.ts';
import { JoinedLabels, type Places } from '../../domain/drift/label-by-id.ts';
import type { RejectCode, RejectedRow, UnjoinedReason } from '../../domain/drift/row-reject.ts';
import { hourMs } from '../../domain/drift/window.ts';
import type { NewBatch } from './append-batch.ts';
import { addTallies } from './tallies.ts';

/** Rows of a batch whose ids are of use; ids are keyed hashes already. */
export type NamedRows = {
  readonly revisionId: string;
  readonly plan: CountingPlan;
  readonly mostIds: number;
  readonly waitMs: number;
  readonly predictions: readonly {
    readonly key: string;
    readonly windowMs: number;
    readonly places: Places;
  }[];
  readonly labels: readonly { readonly row: number; readonly key: string; readonly truth: Truth }[];
  /** What the other rows of the batch add. */
  readonly parts: readonly ContributionPart[];
};

/** Of all rows of a batch; `rejects` are those whose label found nothing, and empty when the batch came before. */
export type LabelAnswer = {
  readonly duplicate: boolean;
  readonly accepted: number;
  readonly rejected: number;
  readonly rejects: readonly RejectedRow[];
};

type Named = { readonly batch: NewBatch; readonly id: string; readonly named: NamedRows };

/** Keeps the predictions of a new batch until their labels come; of one id the first is kept, and no more than fit. */
export async function storeKeys(tx: Transaction, { batch, id, named }: Named): Promise<void> {
  const { projectId, serviceId, receivedAt } = batch;
  const waiting = named.predictions
    .map((one) => ({ ...one, endsMs: Math.floor((one.windowMs + named.waitMs) / hourMs) * hourMs }))
    .filter(({ endsMs }) => endsMs > receivedAt.getTime());
  const seen = new Set<string>();
  const first = waiting.filter(({ key }) => {
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
  const room = Math.max(0, named.mostIds - (await waitingKeys(tx, batch)));
  const column = (of: (one: (typeof first)[number]) => string) => sql.param(first.map(of));
  const now = receivedAt.toISOString();
  const { rows } = await tx.execute<{ fresh: string; stored: string }>(sql`
    with fresh as (
      select sent.* from unnest(${column(({ key }) => key)}::uuid[],
        ${column(({ windowMs }) => new Date(windowMs).toISOString())}::timestamptz[],
        ${column(({ places }) => JSON.stringify(places))}::jsonb[],
        ${column(({ endsMs }) => new Date(endsMs).toISOString())}::timestamptz[])
        with ordinality as sent(key, window_start, places, ends_at, nth)
      where not exists (
        select from prediction_key known
        where known.service_id = ${serviceId} and known.key = sent.key and known.ends_at > ${now}::timestamptz)),
    stored as (
      insert into prediction_key as known (project_id, service_id, key, revision_id, window_start, places, sent_in, ends_at)
      select ${projectId}, ${serviceId}, key, ${named.revisionId}, window_start, places, ${id}, ends_at
      from (select * from fresh order by nth limit ${room}) as fits order by key
      on conflict (service_id, key) do update set revision_id = excluded.revision_id, window_start = excluded.window_start,
        places = excluded.places, sent_in = excluded.sent_in, labelled_in = null, ends_at = excluded.ends_at
        where known.ends_at <= ${now}::timestamptz
      returning ends_at),
    counted as (
      insert into prediction_key_hour as known (project_id, service_id, ends_at, keys)
      select ${projectId}, ${serviceId}, ends_at, count(*) from stored group by ends_at order by ends_at
      on conflict (service_id, ends_at) do update set keys = known.keys + excluded.keys)
    select (select count(*) from fresh)::text as fresh, (select count(*) from stored)::text as stored`);
  const full = Math.max(0, Number(rows[0]?.fresh ?? 0) - room);
  const twice = waiting.length - Number(rows[0]?.stored ?? 0) - full;
  const unjoined: (readonly [UnjoinedReason, number])[] = [
    ['idTwice', twice],
    ['idsFull', full],
  ];
  const tallied = new Map<string, number>(unjoined.filter(([, count]) => count > 0));
  if (tallied.size > 0) await addTallies(tx, { ...tallyOf(batch), kind: 'unjoinedRow', rows: tallied });
}

const tallyOf = ({ projectId, serviceId, source, receivedAt: at }: NewBatch) => ({
  projectId,
  serviceId,
  source,
  at,
});

async function waitingKeys(tx: Transaction, { serviceId, receivedAt }: NewBatch): Promise<number> {
  const { rows } = await tx.execute<{ keys: string }>(sql`
    select coalesce(sum(keys), 0)::text as keys from prediction_key_hour
    where service_id = ${serviceId} and ends_at > ${receivedAt.toISOString()}::timestamptz`);
  return Number(rows[0]?.keys ?? 0);
}

type Kept = { key: string; revision: string; window_ms: string; places: unknown; labelled: boolean };

const placesSchema = z.record(z.string(), z.record(z.string(), z.int().nullable()));

/** Gives the labels of a new batch to their predictions, each of which has one, and adds what they tell to the batch. */
export async function joinLabels(tx: Transaction, { batch, id, named }: Named): Promise<LabelAnswer> {
  const { serviceId } = batch;
  const found = await keptPredictions(tx, batch, [...new Set(named.labels.map(({ key }) => key))]);
  const joined = new JoinedLabels(named.plan);
  const used = new Set<string>();
  const rejects: RejectedRow[] = [];
  for (const { row, key, truth } of named.labels) {
    const code = joinOne(joined, { of: found.get(key), isUsed: used.has(key), truth });
    if (code === null) used.add(key);
    else rejects.push({ row, code });
  }
  await tx.execute(sql`
    update prediction_key set labelled_in = ${id}
    where service_id = ${serviceId} and key = any(${sql.param([...used])}::uuid[])`);
  const parts = [...named.parts, ...joined.parts()];
  const contribution = parts.length === 0 ? null : Buffer.from(packContribution(parts));
  const accepted = batch.rows + used.size;
  const rejected = batch.rejected + rejects.length;
  await tx.execute(sql`
    update ingest_batch set contribution = ${contribution}::bytea, rows = ${accepted}, rejected = ${rejected},
      folded_at = ${contribution === null ? batch.receivedAt.toISOString() : null}::timestamptz
    where id = ${id}`);
  const reasons = new Map<string, number>();
  for (const { code } of rejects) reasons.set(code, (reasons.get(code) ?? 0) + 1);
  if (reasons.size > 0) await addTallies(tx, { ...tallyOf(batch), kind: 'rejectedRow', rows: reasons });
  return { duplicate: false, accepted, rejected, rejects };
}

type One = { readonly of: Kept | undefined; readonly isUsed: boolean; readonly truth: Truth };

function joinOne(joined: JoinedLabels, { of, isUsed, truth }: One): RejectCode | null {
  if (of === undefined) return 'labelUnknown';
  if (isUsed || of.labelled) return 'labelTwice';
  const place = { revisionId: of.revision, windowMs: Number(of.window_ms) };
  return joined.add({ ...place, places: placesSchema.parse(of.places) }, truth);
}

/** Locks them, so that of two labels of one prediction the second finds it labelled. */
async function keptPredictions(
  tx: Transaction,
  { serviceId, receivedAt }: NewBatch,
  keys: readonly string[],
): Promise<Map<string, Kept>> {
  const { rows } = await tx.execute<Kept>(sql`
    select key, revision_id as revision, (extract(epoch from window_start) * 1000)::bigint::text as window_ms, places,
      labelled_in is not null as labelled
    from prediction_key
    where service_id = ${serviceId} and key = any(${sql.param(keys)}::uuid[])
      and ends_at > ${receivedAt.toISOString()}::timestamptz
    order by key for update`);
  return new Map(rows.map((row) => [row.key, row]));
}

/** Once a batch is undone its labels may come again, and no label finds those of its predictions that have none. */
export async function releaseKeys(tx: Transaction, serviceId: string, id: string): Promise<void> {
  await tx.execute(sql`
    update prediction_key set labelled_in = null where service_id = ${serviceId} and labelled_in = ${id}`);
  await tx.execute(sql`
    with gone as (
      delete from prediction_key where service_id = ${serviceId} and sent_in = ${id} and labelled_in is null
      returning ends_at)
    update prediction_key_hour known set keys = known.keys - ended.keys
    from (select ends_at, count(*) as keys from gone group by ends_at) ended
    where known.service_id = ${serviceId} and known.ends_at = ended.ends_at`);
}
