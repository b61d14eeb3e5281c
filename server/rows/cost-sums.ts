import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { ledgerDaySum } from '../../db/schema/ledger.ts';
import { groupOf } from '../../domain/ledger/cost-group.ts';
import type { PlacedRow } from '../../domain/ledger/open-spend.ts';
import { type CostFilter, groupColumns, groupSql, instantOf, isAsked, projectSql } from './cost-filter.ts';
import { openRows } from './open-hours.ts';

/** Sums of one group, or of one group and day. */
export type CostAmounts = {
  readonly milliGpuSeconds: bigint;
  readonly loadedNano: bigint;
  readonly openCostNano: bigint;
  /** Milli-GPU-seconds without a price. */
  readonly unpriced: bigint;
  readonly estimated: bigint;
};

export type CostSums = {
  readonly groups: readonly (CostAmounts & { readonly group: string })[];
  /** Days of the largest groups; the others of a day lie together on `others`. */
  readonly days: readonly (CostAmounts & { readonly group: string; readonly dayAt: Date })[];
};

/** Group of the chart for what is not among the largest. */
export const others = '~others';

/** Lines of a chart that can be told apart. */
const chartGroups = 5;
/** Days are read of a few more, since the hours that are still open may change which are the largest. */
const broughtGroups = 8;
const dayMs = 86_400_000;

/** Sums of sealed days and of the hours that are still open, by group and by day. */
export async function costSums(queries: Queries, filter: CostFilter): Promise<CostSums> {
  // PostgreSQL sums while this process computes.
  const [sealed, rows] = await Promise.all([sealedSums(queries, filter, []), openRows(queries, filter)]);
  const open = rows
    .filter((row) => isAsked(row, filter, null))
    .map((row) => ({ group: groupOf(row, filter.groupBy), hourAt: row.hourAt, ...amountsOf(row) }));
  const groups = groupsOf(sealed, open);
  const charted = groups.slice(0, chartGroups).map(({ group }) => group);
  const brought = new Set(sealed.days.map(({ group }) => group));
  const lacking = sealed.groups.some(({ group }) => charted.includes(group) && !brought.has(group));
  const known = lacking ? await sealedSums(queries, filter, charted) : sealed;
  return { groups: lacking ? groupsOf(known, open) : groups, days: daysOf(known, open, new Set(charted)) };
}

type Open = CostAmounts & { readonly group: string; readonly hourAt: Date };

function groupsOf({ groups }: Sealed, open: readonly Open[]): CostSums['groups'] {
  const sums = new Map<string, CostAmounts>();
  for (const { group, ...amounts } of groups) sums.set(group, plus(sums.get(group) ?? nothing, amounts));
  for (const row of open) sums.set(row.group, plus(sums.get(row.group) ?? nothing, row));
  return [...sums].map(([group, total]) => ({ group, ...total })).sort(byCost);
}

function byCost(left: CostAmounts, right: CostAmounts): number {
  return compare(right.loadedNano, left.loadedNano) || compare(right.milliGpuSeconds, left.milliGpuSeconds);
}

/** The days of what the chart shows, and of all the others as one. */
function daysOf(sealed: Sealed, open: readonly Open[], charted: ReadonlySet<string>): CostSums['days'] {
  const days = new Map<string, CostSums['days'][number]>();
  const add = (of: string, at: number, amounts: CostAmounts) => {
    const group = charted.has(of) ? of : others;
    const key = `${at}/${group}`;
    days.set(key, { group, dayAt: new Date(at), ...plus(days.get(key) ?? nothing, amounts) });
  };
  for (const row of sealed.days) add(row.group, row.dayAt.getTime(), row);
  for (const row of open) add(row.group, Math.floor(row.hourAt.getTime() / dayMs) * dayMs, row);
  return [...days.values()].sort((left, right) => left.dayAt.getTime() - right.dayAt.getTime());
}

const nothing: CostAmounts = {
  milliGpuSeconds: 0n,
  loadedNano: 0n,
  openCostNano: 0n,
  unpriced: 0n,
  estimated: 0n,
};
const compare = (left: bigint, right: bigint): number => (left < right ? -1 : Number(left > right));

function plus(left: CostAmounts, right: CostAmounts): CostAmounts {
  return {
    milliGpuSeconds: left.milliGpuSeconds + right.milliGpuSeconds,
    loadedNano: left.loadedNano + right.loadedNano,
    openCostNano: left.openCostNano + right.openCostNano,
    unpriced: left.unpriced + right.unpriced,
    estimated: left.estimated + right.estimated,
  };
}

function amountsOf(row: PlacedRow): CostAmounts {
  const gpu = row.line === 'gpu' ? row.quantity : 0n;
  return {
    milliGpuSeconds: gpu,
    loadedNano: row.loadedNano ?? 0n,
    openCostNano: row.openCostNano ?? 0n,
    unpriced: row.loadedNano === null ? gpu : 0n,
    estimated: row.estimated ? gpu : 0n,
  };
}

type Sealed = {
  readonly groups: readonly (CostAmounts & { readonly group: string })[];
  /** Days of what may be charted; those of all else lie together on `others`. */
  readonly days: CostSums['days'];
};

/**
 * The groups of the sealed days, and the days of the largest of them and of `asked`. PostgreSQL sums over groups and over
 * days, since tens of thousands of rows of a group and day each take longer to be told than to be summed.
 */
async function sealedSums(queries: Queries, filter: CostFilter, asked: readonly string[]): Promise<Sealed> {
  const { groupBy } = filter;
  const columns = groupColumns(groupBy);
  const places = sql.raw(columns.map((_column, index) => index + 1).join(', '));
  const gpu = sql`filter (where line = 'gpu')`;
  const totals = sql`sum(quantity) as quantity, sum(loaded) as loaded, sum(open_cost) as open_cost, sum(unpriced) as unpriced,
    sum(estimated) as estimated`;
  const { rows } = await queries.execute<Row>(sql`
    with by_day as (
      select ${sql.join(columns, sql`, `)}, day_at, coalesce(sum(quantity) ${gpu}, 0) as quantity, sum(loaded_nano) as loaded,
             sum(open_cost_nano) as open_cost, coalesce(sum(unpriced) ${gpu}, 0) as unpriced,
             coalesce(sum(estimated_quantity) ${gpu}, 0) as estimated
      from ${ledgerDaySum}
      where day_at >= ${instantOf(filter.from)} and day_at < ${instantOf(filter.to)} and ${projectSql(filter)}
      group by ${places}, day_at),
    named as materialized (select ${groupSql(groupBy)} as name, * from by_day),
    totals as materialized (select name, ${totals} from named group by name),
    charted as (select name from totals order by loaded desc, quantity desc limit ${broughtGroups}),
    shown as materialized (select name from charted union select unnest(${sql.param([...asked])}::text[]))
    select name, null as day, quantity, loaded, open_cost, unpriced, estimated from totals
    union all
    select case when name in (select name from shown) then name else ${others} end as name,
           extract(epoch from day_at)::text as day, ${totals}
    from named group by 1, 2`);
  // Rows of our own making: numeric is exact text, and no schema is asked for each.
  const known = rows.map(({ name, day, quantity, loaded, open_cost, unpriced, estimated }) => ({
    group: name,
    day,
    milliGpuSeconds: BigInt(quantity),
    loadedNano: BigInt(loaded),
    openCostNano: BigInt(open_cost),
    unpriced: BigInt(unpriced),
    estimated: BigInt(estimated),
  }));
  return {
    groups: known.filter(({ day }) => day === null),
    days: known.flatMap(({ day, ...row }) =>
      day === null ? [] : [{ ...row, dayAt: new Date(Number(day) * 1_000) }],
    ),
  };
}

type Row = { name: string; day: string | null } & Record<
  'quantity' | 'loaded' | 'open_cost' | 'unpriced' | 'estimated',
  string
>;
