import { and, gt, gte, lt, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { ledgerDaySum, ledgerHour, ledgerMonth } from '../../db/schema/ledger.ts';
import { nextMonth } from '../../domain/ledger/statement.ts';
import { type CostFilter, instantOf, projectSql } from '../rows/cost-filter.ts';

/** What came to be known of closed months: in the figures of their days, and not in their statements. */
export type Corrections = {
  readonly loadedNano: bigint;
  readonly openCostNano: bigint;
  readonly milliGpuSeconds: bigint;
};

/** Later differences of the closed months in the range; null when there are none. */
export async function correctionsIn(queries: Queries, filter: CostFilter): Promise<Corrections | null> {
  const closed = await queries
    .select({ month: ledgerMonth.month })
    .from(ledgerMonth)
    .where(lt(ledgerMonth.month, filter.to))
    .orderBy(ledgerMonth.month);
  const inRange = closed.filter(({ month }) => nextMonth(month) > filter.from);
  const [first, last] = [inRange[0], inRange.at(-1)];
  // Most often nothing is closed, and then the sums need not be asked a second time.
  if (first === undefined || last === undefined) return null;
  const { rows } = await queries.execute<Record<'rows' | 'loaded' | 'openCost' | 'quantity', string>>(sql`
    select count(*)::text as rows, coalesce(sum(loaded_nano), 0)::text as loaded,
           coalesce(sum(open_cost_nano), 0)::text as "openCost",
           coalesce(sum(quantity) filter (where line = 'gpu'), 0)::text as quantity
    from ${ledgerDaySum}
    where day_at >= greatest(${instantOf(filter.from)}, ${instantOf(first.month)})
      and day_at < least(${instantOf(filter.to)}, ${instantOf(nextMonth(last.month))})
      and posted_month > date_trunc('month', day_at, 'UTC') and ${projectSql(filter)}`);
  const [row] = rows;
  if (row === undefined || row.rows === '0') return null;
  return {
    loadedNano: BigInt(row.loaded),
    openCostNano: BigInt(row.openCost),
    milliGpuSeconds: BigInt(row.quantity),
  };
}

/** Sealed hours of nodes whose pods held more than there is, and how much was cut from those that were bound last. */
export type Cuts = { readonly nodeHours: number; readonly milliGpuSeconds: bigint };

/** Null when nothing was cut in the range. */
export async function cutsIn(
  queries: Queries,
  { from, to }: Pick<CostFilter, 'from' | 'to'>,
): Promise<Cuts | null> {
  const [row] = await queries
    .select({
      nodeHours: sql<string>`count(*)::text`,
      cut: sql<string>`coalesce(sum(${ledgerHour.cutMilliGpuSeconds}), 0)::text`,
    })
    .from(ledgerHour)
    .where(
      and(gt(ledgerHour.cutMilliGpuSeconds, 0n), gte(ledgerHour.hourAt, from), lt(ledgerHour.hourAt, to)),
    );
  if (row === undefined || row.nodeHours === '0') return null;
  return { nodeHours: Number(row.nodeHours), milliGpuSeconds: BigInt(row.cut) };
}
