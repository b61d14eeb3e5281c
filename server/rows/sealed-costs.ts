import { type SQL, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { ledgerDaySum } from '../../db/schema/ledger.ts';
import { type CostGrouping, groupingColumns } from '../../domain/ledger/cost-group.ts';
import { type CostFilter, groupColumns, groupSql, instantOf, projectSql, restSql } from './cost-filter.ts';

/** Sums of one group, or of one group and day. */
export type CostAmounts = {
  readonly milliGpuSeconds: bigint;
  readonly loadedNano: bigint;
  readonly openCostNano: bigint;
  /** Milli-GPU-seconds without a price. */
  readonly unpriced: bigint;
  readonly estimated: bigint;
};

export type GroupCost = CostAmounts & { readonly group: string };
export type DayCost = GroupCost & { readonly dayAt: Date };

/** Group of the chart for what is not among the largest. */
export const others = '~others';

export type SealedCosts = {
  /** A group may lie in several rows, which sum to it. */
  readonly groups: readonly GroupCost[];
  /** The days of these groups, and those of all else on `others`; likewise. */
  readonly days: (charted: ReadonlySet<string>) => Promise<readonly DayCost[]>;
};

/** Groupings of which an installation may have hundreds of values, so that a row per value and day is more than is shown. */
const ofManyGroups: ReadonlySet<CostGrouping> = new Set([
  'environment',
  'service',
  'model',
  'modelVersion',
  'node',
]);

/**
 * The sealed days of the range. By groupings of few values PostgreSQL sums each group and day. Of the others it sums each
 * group, each day, and then the days of what is charted, since to sort by group and day costs more than all three.
 */
export async function sealedCosts(queries: Queries, filter: CostFilter): Promise<SealedCosts> {
  if (ofManyGroups.has(filter.groupBy)) return await manyGroups(queries, filter);
  const { groupBy } = filter;
  const rows = await told(
    queries,
    part(filter, { keys: groupColumns(groupBy), name: groupSql(groupBy), byDay: true }),
  );
  const days = rows.flatMap(ofDay);
  return { groups: rows, days: async (charted) => days.map((row) => charting(row, charted)) };
}

async function manyGroups(queries: Queries, filter: CostFilter): Promise<SealedCosts> {
  const column = sql.identifier(groupingColumns[filter.groupBy]);
  const known = { keys: [sql`${column}`], name: sql`${column}::text` };
  const isKnown = sql`${column} is not null`;
  const total = part(filter, { ...known, byDay: false, where: isKnown });
  // Of what has no value there are only a few groups, which are told by day with all that has one.
  const byDay = part(filter, {
    keys: [sql`${isKnown} as known`, sql`bucket`, sql`project_id is null as is_nobodys`],
    name: sql`case when known then ${others} else ${restSql(sql`not is_nobodys`)} end`,
    byDay: true,
  });
  const rows = await told(queries, sql`${total} union all ${byDay}`);
  const days = rows.flatMap(ofDay);
  return {
    groups: rows.filter(({ group }) => group !== others),
    days: async (charted) => {
      const where = sql`${column} = any(${valuesOf(filter, charted)})`;
      const own = (await told(queries, part(filter, { ...known, byDay: true, where }))).flatMap(ofDay);
      // What is shown by itself is taken out of the others.
      const taken = own.map((row) => ({ ...row, ...negative(row), group: others }));
      return [...own, ...taken, ...days.map((row) => charting(row, charted))];
    },
  };
}

/** Those groups that are values of the column and not names for what has none. */
function valuesOf({ groupBy }: CostFilter, groups: ReadonlySet<string>): SQL {
  if (groupBy === 'node') return sql`${sql.param([...groups])}::text[]`;
  return sql`${sql.param([...groups].filter((group) => !group.startsWith('~')))}::uuid[]`;
}

/** The row as the chart shows it: by itself, or with the others of its day. */
export const charting = (row: DayCost, charted: ReadonlySet<string>): DayCost =>
  charted.has(row.group) ? row : { ...row, group: others };

type Told = GroupCost & { readonly dayAt: Date | null };

function ofDay({ dayAt, ...row }: Told): DayCost[] {
  return dayAt === null ? [] : [{ ...row, dayAt }];
}

function negative(row: CostAmounts): CostAmounts {
  return {
    milliGpuSeconds: -row.milliGpuSeconds,
    loadedNano: -row.loadedNano,
    openCostNano: -row.openCostNano,
    unpriced: -row.unpriced,
    estimated: -row.estimated,
  };
}

type Part = {
  readonly keys: readonly SQL[];
  readonly byDay: boolean;
  /** Of the keys. */
  readonly name: SQL;
  readonly where?: SQL;
};

/** Sums by the keys, which get their name when they are summed. */
function part(filter: CostFilter, { keys, byDay, name, where = sql`true` }: Part): SQL {
  const by = byDay ? [...keys, sql`day_at`] : [...keys];
  const places = sql.raw(by.map((_key, index) => index + 1).join(', '));
  const gpu = sql`filter (where line = 'gpu')`;
  const day = byDay ? sql`extract(epoch from day_at)::text` : sql`null`;
  return sql`
    select ${name} as name, ${day} as day, quantity, loaded, open_cost, unpriced, estimated
    from (select ${sql.join(by, sql`, `)}, coalesce(sum(quantity) ${gpu}, 0) as quantity, sum(loaded_nano) as loaded,
                 sum(open_cost_nano) as open_cost, coalesce(sum(unpriced) ${gpu}, 0) as unpriced,
                 coalesce(sum(estimated_quantity) ${gpu}, 0) as estimated
          from ${ledgerDaySum}
          where day_at >= ${instantOf(filter.from)} and day_at < ${instantOf(filter.to)} and ${projectSql(filter)} and ${where}
          group by ${places}) as summed`;
}

type Row = { name: string; day: string | null } & Record<
  'quantity' | 'loaded' | 'open_cost' | 'unpriced' | 'estimated',
  string
>;

async function told(queries: Queries, statement: SQL): Promise<Told[]> {
  const { rows } = await queries.execute<Row>(statement);
  // Rows of our own making: numeric is exact text, and no schema is asked for each.
  return rows.map(({ name, day, quantity, loaded, open_cost, unpriced, estimated }) => ({
    group: name,
    dayAt: day === null ? null : new Date(Number(day) * 1_000),
    milliGpuSeconds: BigInt(quantity),
    loadedNano: BigInt(loaded),
    openCostNano: BigInt(open_cost),
    unpriced: BigInt(unpriced),
    estimated: BigInt(estimated),
  }));
}
