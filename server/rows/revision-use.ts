import { type SQL, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { ledgerHourSum } from '../../db/schema/ledger.ts';
import { metricInterval, roleInterval } from '../../db/schema/services.ts';
import { ownedBuckets } from '../../domain/ledger/spend.ts';
import type { Bucket } from '../../domain/metering/facts.ts';
import { type CountedWork, noCountedWork, sumOfWork } from '../../domain/unit-cost/counted-work.ts';
import type { Use } from '../../domain/unit-cost/unit-figures.ts';
import type { OpenRow } from './open-hours.ts';

type UsedRevision = { readonly id: string; readonly serviceId: string; readonly number: number };
/** Whole hours, because the ledger counts by hour: requests are taken of the same ones. */
export type WholeHours = { readonly from: Date; readonly to: Date };

const noUse: Use = {
  servingNano: 0n,
  holdNano: 0n,
  milliGpuSeconds: 0n,
  unpriced: 0n,
  requests: 0,
  countedMs: 0,
  servedMs: 0,
  work: noCountedWork,
};
const working: ReadonlySet<Bucket> = new Set(['serving', 'warmup']);
const owned: ReadonlySet<Bucket> = new Set(ownedBuckets);
const texts = (values: readonly string[]) => sql`${sql.param([...values])}::text[]`;
/** As ids, so that the indexes are used. */
const ids = (values: readonly string[]) => sql`${sql.param([...values])}::uuid[]`;
const instantOf = (at: Date) => sql`${at.toISOString()}::timestamptz`;

type Asked = {
  readonly projectId: string;
  readonly revisions: readonly UsedRevision[];
  readonly hours: WholeHours;
  /** Rows of the hours that are not sealed, of the clusters that are asked about. */
  readonly open: readonly OpenRow[];
};

/** Use of each of the revisions by id; one that neither cost nor answered anything is all zeros. */
export async function revisionUses(db: Queries, asked: Asked): Promise<ReadonlyMap<string, Use>> {
  const uses = new Map(asked.revisions.map(({ id }) => [id, noUse]));
  if (uses.size === 0) return uses;
  const add = (id: string | null, part: Partial<Use>) => {
    const use = id === null ? undefined : uses.get(id);
    if (id !== null && use !== undefined) uses.set(id, sumOf(use, part));
  };
  for (const { id, bucket, ...row } of await sealedAmounts(db, asked)) add(id, placed(bucket, row));
  for (const row of asked.open) {
    if (row.projectId !== asked.projectId || !owned.has(row.bucket)) continue;
    const isGpu = row.line === 'gpu';
    const amounts = {
      loaded: row.loadedNano ?? 0n,
      quantity: isGpu ? row.quantity : 0n,
      unpriced: isGpu && row.loadedNano === null ? row.quantity : 0n,
    };
    add(row.revisionId, placed(row.bucket, amounts));
  }
  for (const { id, ...row } of await counted(db, asked)) add(id, row);
  for (const { id, servedMs } of await served(db, asked)) add(id, { servedMs });
  return uses;
}

type Amounts = { readonly loaded: bigint; readonly quantity: bigint; readonly unpriced: bigint };

function placed(bucket: Bucket, { loaded, quantity, unpriced }: Amounts): Partial<Use> {
  return {
    ...(working.has(bucket) ? { servingNano: loaded } : { holdNano: loaded }),
    milliGpuSeconds: quantity,
    unpriced,
  };
}

export function sumOf(left: Use, right: Partial<Use>): Use {
  return {
    servingNano: left.servingNano + (right.servingNano ?? 0n),
    holdNano: left.holdNano + (right.holdNano ?? 0n),
    milliGpuSeconds: left.milliGpuSeconds + (right.milliGpuSeconds ?? 0n),
    unpriced: left.unpriced + (right.unpriced ?? 0n),
    requests: left.requests + (right.requests ?? 0),
    countedMs: left.countedMs + (right.countedMs ?? 0),
    servedMs: left.servedMs + (right.servedMs ?? 0),
    work: sumOfWork(left.work, right.work ?? noCountedWork),
  };
}

async function sealedAmounts(db: Queries, { projectId, revisions, hours }: Asked) {
  const { rows } = await db.execute<{
    id: string;
    bucket: Bucket;
    loaded: string;
    quantity: string;
    unpriced: string;
  }>(sql`
    select revision_id as id, bucket, sum(loaded_nano)::text as loaded,
           coalesce(sum(quantity) filter (where line = 'gpu'), 0)::text as quantity,
           coalesce(sum(unpriced) filter (where line = 'gpu'), 0)::text as unpriced
    from ${ledgerHourSum}
    where project_id = ${projectId} and hour_at >= ${instantOf(hours.from)} and hour_at < ${instantOf(hours.to)}
      and revision_id = any(${ids(revisions.map(({ id }) => id))}) and bucket = any(${texts(ownedBuckets)})
    group by revision_id, bucket`);
  return rows.map(({ id, bucket, loaded, quantity, unpriced }) => ({
    id,
    bucket,
    loaded: BigInt(loaded),
    quantity: BigInt(quantity),
    unpriced: BigInt(unpriced),
  }));
}

const hasTokens = sql`prompt_tokens is not null and generated_tokens is not null`;
const hasLoad = sql`running_ms is not null and running_requests is not null and busy_pods is not null`;
const hasSplit = sql`prefill_ms is not null and decode_ms is not null`;
/** Sums of what is exposed, each beside the time in which it is; a part of it is never taken for all. */
const workSums: Readonly<Record<keyof CountedWork, SQL>> = {
  tokenMs: sql`sum(interval_ms) filter (where ${hasTokens})`,
  promptTokens: sql`sum(prompt_tokens) filter (where ${hasTokens})`,
  generatedTokens: sql`sum(generated_tokens) filter (where ${hasTokens})`,
  cacheMs: sql`sum(interval_ms) filter (where ${hasTokens} and cached_tokens is not null)`,
  cachePromptTokens: sql`sum(prompt_tokens) filter (where ${hasTokens} and cached_tokens is not null)`,
  cachedTokens: sql`sum(cached_tokens) filter (where ${hasTokens})`,
  splitMs: sql`sum(interval_ms) filter (where ${hasSplit})`,
  prefillMs: sql`sum(prefill_ms) filter (where ${hasSplit})`,
  decodeMs: sql`sum(decode_ms) filter (where ${hasSplit})`,
  loadMs: sql`sum(interval_ms) filter (where ${hasLoad})`,
  loadRequests: sql`sum(requests) filter (where ${hasLoad})`,
  runningMs: sql`sum(running_ms) filter (where ${hasLoad})`,
  runningRequests: sql`sum(running_requests) filter (where ${hasLoad})`,
  busyPods: sql`sum(busy_pods) filter (where ${hasLoad})`,
};
const workColumns = sql.join(
  Object.entries(workSums).map(([name, sum]) => sql`coalesce(${sum}, 0)::float8 as ${sql.identifier(name)}`),
  sql`, `,
);

async function counted(db: Queries, { projectId, revisions, hours }: Asked) {
  const { rows } = await db.execute<
    CountedWork & { service_id: string; number: number; requests: number; counted_ms: number }
  >(sql`
    select service_id, revision_number as number, sum(requests)::float8 as requests,
           sum(interval_ms)::float8 as counted_ms, ${workColumns}
    from ${metricInterval}
    where project_id = ${projectId}
      and service_id = any(${ids(revisions.map(({ serviceId }) => serviceId))})
      and interval_end > ${instantOf(hours.from)} and interval_end <= ${instantOf(hours.to)}
    group by service_id, revision_number`);
  const idOf = new Map(revisions.map(({ id, serviceId, number }) => [`${serviceId} ${number}`, id]));
  return rows.map(({ service_id, number, requests, counted_ms: countedMs, ...work }) => ({
    id: idOf.get(`${service_id} ${number}`) ?? null,
    requests,
    countedMs,
    work,
  }));
}

async function served(db: Queries, { projectId, revisions, hours }: Asked) {
  const to = instantOf(hours.to);
  const { rows } = await db.execute<{ id: string; served_ms: number }>(sql`
    select revision_id as id,
           sum(extract(epoch from least(coalesce(to_at, ${to}), ${to}) - greatest(from_at, ${instantOf(hours.from)}))
               * 1000)::float8 as served_ms
    from ${roleInterval}
    where project_id = ${projectId} and revision_id = any(${ids(revisions.map(({ id }) => id))})
      and from_at < ${to} and (to_at is null or to_at > ${instantOf(hours.from)})
    group by revision_id`);
  return rows.map((row) => ({ id: row.id, servedMs: row.served_ms }));
}
