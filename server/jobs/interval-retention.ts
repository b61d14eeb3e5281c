import { asc, eq, min, type SQL, sql } from 'drizzle-orm';
import { type Database, type Queries, type Transaction, transaction } from '../../db/client.ts';
import { ledgerHour, ledgerMonth, ledgerProgress, ledgerStale } from '../../db/schema/ledger.ts';
import { monthOf, nextMonth } from '../../domain/ledger/statement.ts';

const dayMs = 86_400_000;
const batchSize = 1_000;
/** Of one table, cluster and round: what is left waits for the next hour. */
const mostBatches = 200;

/**
 * Deletes intervals of metering that ended before the kept time and in months that are sealed and closed, so that every amount
 * stands as it is; returns how many. A pod that goes on keeps all of its intervals, a node and a watch their last one.
 */
export async function forgetIntervals(
  db: Database,
  { keptDays, now, batch = batchSize }: { keptDays: number; now: Date; batch?: number },
): Promise<number> {
  const before = monthOf(new Date(now.getTime() - keptDays * dayMs));
  const clusters = await db
    .select({ clusterId: ledgerProgress.clusterId })
    .from(ledgerProgress)
    .orderBy(asc(ledgerProgress.clusterId));
  let total = 0;
  for (const { clusterId } of clusters) {
    const factsFrom = await transaction(db, (tx) => moveFactsFrom(tx, clusterId, before));
    if (factsFrom === null) continue;
    for (const ended of endedBefore(clusterId, factsFrom)) total += await deleteAll(db, ended, batch);
  }
  return total;
}

/** Settles from when on facts are kept, under the lock that sealing takes too; null while all are. */
async function moveFactsFrom(tx: Transaction, clusterId: string, before: Date): Promise<Date | null> {
  const own = eq(ledgerProgress.clusterId, clusterId);
  const [progress] = await tx.select().from(ledgerProgress).where(own).for('update');
  if (progress === undefined) return null;
  const since = progress.factsFrom ?? (await firstHour(tx, clusterId));
  if (since === null) return null;
  const [stale] = await tx
    .select({ at: min(ledgerStale.hourAt) })
    .from(ledgerStale)
    .where(eq(ledgerStale.clusterId, clusterId));
  const ends = [before, progress.sealedUntil, ...(stale?.at == null ? [] : [stale.at])];
  const last = monthOf(new Date(Math.min(...ends.map((at) => at.getTime()))));
  const settled = await closedUntil(tx, { clusterId, since: monthOf(since), last });
  if (settled <= (progress.factsFrom ?? since)) return progress.factsFrom;
  await tx.update(ledgerProgress).set({ factsFrom: settled }).where(own);
  return settled;
}

async function firstHour(queries: Queries, clusterId: string): Promise<Date | null> {
  const [row] = await queries
    .select({ at: min(ledgerHour.hourAt) })
    .from(ledgerHour)
    .where(eq(ledgerHour.clusterId, clusterId));
  return row?.at ?? null;
}

/** The end of the last of the months that are closed one after the other, or empty. */
async function closedUntil(
  queries: Queries,
  { clusterId, since, last }: { clusterId: string; since: Date; last: Date },
): Promise<Date> {
  const closed = new Set((await queries.select().from(ledgerMonth)).map(({ month }) => month.getTime()));
  let at = since;
  while (at < last) {
    const next = nextMonth(at);
    if (!closed.has(at.getTime())) {
      const { rows } = await queries.execute(sql`
        select from ${ledgerHour} where cluster_id = ${clusterId} and hour_at >= ${at.toISOString()}::timestamptz
          and hour_at < ${next.toISOString()}::timestamptz limit 1`);
      if (rows.length > 0) return at;
    }
    at = next;
  }
  return at;
}

type Ended = { readonly table: string; readonly rows: SQL };

function endedBefore(clusterId: string, factsFrom: Date): Ended[] {
  const at = sql`${factsFrom.toISOString()}::timestamptz`;
  return [
    {
      table: 'pod_interval',
      rows: sql`
        select ctid from pod_interval old where cluster_id = ${clusterId} and to_at <= ${at} and not exists (
          select from pod_interval later where later.cluster_id = old.cluster_id and later.pod_uid = old.pod_uid
            and (later.to_at is null or later.to_at > ${at}))`,
    },
    {
      table: 'node_interval',
      rows: sql`
        select ctid from node_interval old where cluster_id = ${clusterId} and to_at <= ${at} and exists (
          select from node_interval later where later.cluster_id = old.cluster_id and later.node_uid = old.node_uid
            and later.from_at > old.from_at)`,
    },
    {
      table: 'watch_interval',
      rows: sql`
        select ctid from watch_interval old where cluster_id = ${clusterId} and seen_until <= ${at} and exists (
          select from watch_interval later where later.cluster_id = old.cluster_id and later.from_at > old.from_at)`,
    },
  ];
}

async function deleteAll(db: Database, { table, rows }: Ended, batch: number): Promise<number> {
  let total = 0;
  for (let round = 0; round < mostBatches; round += 1) {
    const { rowCount } = await db.execute(sql`
      delete from ${sql.identifier(table)} where ctid = any(array(${rows} limit ${batch}))`);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < batch) break;
  }
  return total;
}
