import { type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import {
  type CostGrouping,
  costGroupings,
  groupingColumns,
  groupOf,
} from '../../domain/ledger/cost-group.ts';
import type { PlacedRow } from '../../domain/ledger/open-spend.ts';
import { idleBuckets } from '../../domain/ledger/spend.ts';

const dayMs = 86_400_000;
const longestDays = 400;

const daySchema = z.date().refine((at) => at.getTime() % dayMs === 0, 'Give the first moment of a day, UTC.');

/** Whole UTC days [from, to) and by what they are summed. */
export const rangeFields = {
  from: daySchema,
  to: daySchema,
  groupBy: z.enum(costGroupings),
};

type Range = { readonly from: Date; readonly to: Date };

/** At least a day, at most four hundred. */
export const isRange = ({ from, to }: Range): boolean =>
  to > from && to.getTime() - from.getTime() <= longestDays * dayMs;
export const rangeSentence = `The range ends after it begins and holds at most ${longestDays} days.`;

/** What of the ledger is asked for; `projectId` null is all of the instance. */
export type CostFilter = Range & {
  readonly projectId: string | null;
  readonly groupBy: CostGrouping;
};

const texts = (values: readonly string[]) => sql`${sql.param([...values])}::text[]`;
export const instantOf = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;

/** Groupings of which every row has a value. */
const alwaysKnown: ReadonlySet<CostGrouping> = new Set(['bucket', 'node', 'capacityType']);

/** The name of what has no value of a grouping, from `bucket` and whether it is a project's. */
export const restSql = (isOwned: SQL): SQL => sql`case when ${isOwned} then '~none'
    when bucket = any(${texts(idleBuckets)}) then '~idle'
    when bucket = any(${texts(['system', 'unhealthy', 'unobserved', 'rounding'])}) then '~' || bucket
    else '~unallocated' end`;

/** The group of a row as text, as `groupOf` says it. */
export function groupSql(grouping: CostGrouping): SQL {
  const column = sql`${sql.identifier(groupingColumns[grouping])}::text`;
  if (alwaysKnown.has(grouping)) return column;
  if (grouping === 'gpuProduct') return sql`coalesce(${column}, '~cpu')`;
  return sql`coalesce(${column}, ${restSql(sql`project_id is not null`)})`;
}

/** The columns that `groupSql` asks for, with as few values as tell groups apart. */
export function groupColumns(grouping: CostGrouping): SQL[] {
  const column = sql`${sql.identifier(groupingColumns[grouping])}`;
  if (alwaysKnown.has(grouping) || grouping === 'gpuProduct') return [column];
  const bucket = sql`case when ${column} is null then bucket end as bucket`;
  if (grouping === 'project') return [column, bucket];
  return [
    column,
    bucket,
    sql`case when ${column} is null and project_id is not null then true end as project_id`,
  ];
}

export const projectSql = ({ projectId }: Pick<CostFilter, 'projectId'>): SQL =>
  projectId === null ? sql`true` : sql`project_id = ${projectId}`;

/** Whether a row of an open hour is of the group. */
export function isAsked(row: PlacedRow, filter: CostFilter, group: string): boolean {
  if (filter.projectId !== null && row.projectId !== filter.projectId) return false;
  return groupOf(row, row.nodeUid, filter.groupBy) === group;
}
