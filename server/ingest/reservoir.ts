import { randomInt } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import type { SentRow } from '../../domain/drift/sent-row.ts';

/** Rows of a service from which its first bins are learned. */
const reservoirRows = 10_000;

type Sample = {
  readonly projectId: string;
  readonly serviceId: string;
  readonly rows: readonly SentRow[];
  readonly at: Date;
};

/**
 * Keeps rows so that each that came within the last day is as likely kept as any other (reservoir sampling, Vitter's R).
 * The batch of the rows is stored already in the same transaction.
 */
export async function sampleRows(tx: Transaction, { projectId, serviceId, rows, at }: Sample): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended('fairlead reservoir ' || ${serviceId}, 0))`,
  );
  const { rows: found } = await tx.execute<{ seen: string }>(sql`
    select coalesce(sum(rows), 0)::text as seen from ingest_batch
    where service_id = ${serviceId} and received_at > ${at.toISOString()}::timestamptz - interval '24 hours'`);
  const before = Math.max(0, Number(found[0]?.seen ?? 0) - rows.length);
  const bySlot = new Map<number, string>();
  for (const [index, row] of rows.entries()) {
    const seen = before + index;
    const slot = seen < reservoirRows ? seen : randomInt(seen + 1);
    if (slot < reservoirRows) bySlot.set(slot, rowText(row));
  }
  const slots = [...bySlot.keys()].toSorted((left, right) => left - right);
  await tx.execute(sql`
    insert into drift_reservoir (project_id, service_id, slot, row, received_at)
    select ${projectId}, ${serviceId}, slot, row::jsonb, ${at.toISOString()}::timestamptz
    from unnest(${sql.param(slots)}::int[], ${sql.param(slots.map((slot) => bySlot.get(slot)))}::text[]) as kept(slot, row)
    on conflict (service_id, slot) do update set row = excluded.row, received_at = excluded.received_at`);
}

const rowText = ({ atMs, features, predictions }: SentRow): string =>
  JSON.stringify({ ts: new Date(atMs).toISOString(), f: features, p: predictions });
