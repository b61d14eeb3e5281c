import { and, asc, eq, gte, lt, max, min, sql } from 'drizzle-orm';
import { type Database, type Queries, type Transaction, transaction } from '../../db/client.ts';
import { ledgerProgress, ledgerStale } from '../../db/schema/ledger.ts';
import { nodeInterval, watchInterval } from '../../db/schema/metering.ts';
import { fence, type Lease } from '../reconciler/lease.ts';
import { loadLedgerFacts, nodeHoursOf } from '../rows/ledger-facts.ts';
import { writeHour } from './write-hour.ts';

type Options = {
  readonly db: Database;
  readonly clusterId: string;
  /** The cluster's clock. */
  readonly clock: (queries: Queries) => Promise<Date>;
  readonly origin?: 'live' | 'demo';
};

const hourMs = 3_600_000;
/** What comes later than this after the end of an hour is a correction. */
const sealAfterMs = 10 * 60_000;
const hoursAtOnce = 24;
/** A round of the upkeep; what is left is done in the next. */
const longestRoundMs = 30_000;

const hourOf = (at: Date): number => Math.floor(at.getTime() / hourMs) * hourMs;

/**
 * Seals the hours of a cluster that ended ten minutes ago and looks again at sealed ones whose facts changed; returns how
 * many hours were looked at. Hours that nobody watched up to their end wait for the watch: what happened in them is not
 * known yet.
 */
export async function sealDue(options: Options, lease: Lease): Promise<number> {
  const { db, clusterId } = options;
  const endsAt = performance.now() + longestRoundMs;
  let sealed = 0;
  while (performance.now() < endsAt) {
    const now = await options.clock(db);
    const range = (await nextFresh(db, clusterId, now)) ?? (await nextStale(db, clusterId));
    if (range === null) break;
    await transaction(db, (tx) => sealRange(tx, { clusterId, range, now, lease }));
    sealed += (range.toMs - range.fromMs) / hourMs;
  }
  return sealed;
}

type Range = { readonly fromMs: number; readonly toMs: number };

async function nextFresh(db: Database, clusterId: string, now: Date): Promise<Range | null> {
  const fromMs = await sealedUntil(db, clusterId);
  if (fromMs === null) return null;
  const [seen] = await db
    .select({ until: max(watchInterval.seenUntil) })
    .from(watchInterval)
    .where(eq(watchInterval.clusterId, clusterId));
  if (seen?.until == null) return null;
  const knownMs = hourOf(new Date(Math.min(seen.until.getTime(), now.getTime() - sealAfterMs)));
  const toMs = Math.min(knownMs, fromMs + hoursAtOnce * hourMs);
  return toMs > fromMs ? { fromMs, toMs } : null;
}

/** Begin of the first hour that is not sealed; a cluster begins with its first node, and without one there is nothing to seal. */
async function sealedUntil(db: Database, clusterId: string): Promise<number | null> {
  const own = eq(ledgerProgress.clusterId, clusterId);
  const [row] = await db.select().from(ledgerProgress).where(own);
  if (row !== undefined) return row.sealedUntil.getTime();
  const [first] = await db
    .select({ at: min(nodeInterval.fromAt) })
    .from(nodeInterval)
    .where(eq(nodeInterval.clusterId, clusterId));
  if (first?.at == null) return null;
  const begin = hourOf(first.at);
  await db
    .insert(ledgerProgress)
    .values({ clusterId, sealedUntil: new Date(begin) })
    .onConflictDoNothing();
  return begin;
}

async function nextStale(db: Database, clusterId: string): Promise<Range | null> {
  const rows = await db
    .select()
    .from(ledgerStale)
    .where(eq(ledgerStale.clusterId, clusterId))
    .orderBy(asc(ledgerStale.hourAt))
    .limit(hoursAtOnce);
  const first = rows[0];
  if (first === undefined) return null;
  const fromMs = first.hourAt.getTime();
  const near = rows.filter(({ hourAt }) => hourAt.getTime() < fromMs + hoursAtOnce * hourMs);
  return { fromMs, toMs: (near.at(-1) ?? first).hourAt.getTime() + hourMs };
}

type Sealing = {
  readonly clusterId: string;
  readonly range: Range;
  readonly now: Date;
  readonly lease: Lease;
};

/** One transaction: whoever changes facts of the range either comes before it or marks its hours stale after it. */
async function sealRange(tx: Transaction, { clusterId, range, now, lease }: Sealing): Promise<void> {
  await fence(tx, lease);
  const own = eq(ledgerProgress.clusterId, clusterId);
  const [progress] = await tx.select().from(ledgerProgress).where(own).for('update');
  if (progress === undefined) return;
  const from = new Date(range.fromMs);
  const to = new Date(range.toMs);
  await tx
    .delete(ledgerStale)
    .where(
      and(eq(ledgerStale.clusterId, clusterId), gte(ledgerStale.hourAt, from), lt(ledgerStale.hourAt, to)),
    );
  await makePartitions(tx, [from, new Date(range.toMs - 1), now]);
  const facts = await loadLedgerFacts(tx, { clusterId, from, to });
  for (let hour = range.fromMs; hour < range.toMs; hour += hourMs)
    await writeHour(tx, {
      clusterId,
      hourAt: new Date(hour),
      now,
      nodes: nodeHoursOf(facts, hour, range.toMs),
    });
  if (progress.sealedUntil < to) await tx.update(ledgerProgress).set({ sealedUntil: to }).where(own);
}

async function makePartitions(tx: Transaction, moments: readonly Date[]): Promise<void> {
  const months = new Set(moments.map((at) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth())));
  for (const month of months)
    await tx.execute(sql`select ledger_month_partition(${new Date(month).toISOString()}::timestamptz)`);
}
