import { eq, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { project } from '../../db/schema/identity.ts';
import { ledgerHourSum } from '../../db/schema/ledger.ts';
import { idleBuckets, ownedBuckets } from '../../domain/ledger/spend.ts';
import {
  monthText,
  type Statement,
  type StatementAmounts,
  type StatementLine,
} from '../../domain/ledger/statement.ts';
import { currencyOf } from '../rows/price-entries.ts';

const texts = (values: readonly string[]) => sql`${sql.param([...values])}::text[]`;
const sums = sql`
  coalesce(sum(quantity) filter (where line = 'gpu'), 0)::text as "milliGpuSeconds",
  coalesce(sum(loaded_nano), 0)::text as "loadedNano", coalesce(sum(open_cost_nano), 0)::text as "openCostNano",
  coalesce(sum(unpriced) filter (where line = 'gpu'), 0)::text as unpriced`;

type Summed = StatementAmounts & {
  readonly projectId: string;
  readonly key: string | null;
  readonly name: string;
};

/** What the month cost each project that had anything in it, from the sums as they are posted now. */
export async function statementsOf(queries: Queries, month: Date): Promise<Statement[]> {
  const at = sql`${month.toISOString()}::timestamptz`;
  const inMonth = sql`posted_month = ${at} and hour_at >= ${at} and project_id is not null`;
  const of = async (key: ReturnType<typeof sql>, name: ReturnType<typeof sql>, where = inMonth) =>
    (
      await queries.execute<Summed>(sql`
        select project_id as "projectId", ${key} as key, ${name} as name, ${sums} from ${ledgerHourSum}
        where ${where} group by 1, 2, 3 order by sum(loaded_nano) desc, 2`)
    ).rows;
  const none = sql`null::text`;
  const [totals, models, buckets, products] = [
    await of(none, sql`''`),
    await of(
      sql`model_id::text`,
      sql`coalesce((select model.name from model where model.id = model_id), 'Pods of no model')`,
    ),
    await of(sql`bucket`, sql`bucket`),
    await of(sql`gpu_product`, sql`coalesce(gpu_product, 'Nodes without GPUs')`),
  ];
  const corrected = sql`to_char(hour_at at time zone 'UTC', 'YYYY-MM')`;
  const corrections = await of(
    corrected,
    corrected,
    sql`posted_month = ${at} and hour_at < ${at} and project_id is not null`,
  );
  const idle = new Map((await idleShares(queries, month)).map((row) => [row.projectId, row]));
  const currency = await currencyOf(queries);
  const projects = new Map((await queries.select().from(project)).map((row) => [row.id, row]));
  const ids = [...new Set([...totals, ...corrections].map(({ projectId }) => projectId))].sort();
  return ids.map((projectId) => ({
    schema: 1,
    month: `${monthText(month)}-01`,
    projectId,
    projectName: projects.get(projectId)?.name ?? projectId,
    costCentre: projects.get(projectId)?.costCentre ?? null,
    currency,
    total: amountsOf(totals.find((row) => row.projectId === projectId)),
    byModel: linesOf(models, projectId),
    byBucket: linesOf(buckets, projectId),
    byProduct: linesOf(products, projectId),
    idleShare: amountsOf(idle.get(projectId)),
    corrections: linesOf(corrections, projectId),
  }));
}

const amountsOf = (row: StatementAmounts | undefined): StatementAmounts => ({
  milliGpuSeconds: row?.milliGpuSeconds ?? '0',
  loadedNano: row?.loadedNano ?? '0',
  openCostNano: row?.openCostNano ?? '0',
  unpriced: row?.unpriced ?? '0',
});

const linesOf = (rows: readonly Summed[], projectId: string): StatementLine[] =>
  rows
    .filter((row) => row.projectId === projectId)
    .map((row) => ({ ...amountsOf(row), key: row.key, name: row.name }));

type Share = StatementAmounts & { readonly projectId: string };

/** Each project's part of the idle time of its clusters and products, hour by hour, rounded down. */
async function idleShares(queries: Queries, month: Date): Promise<Share[]> {
  const at = sql`${month.toISOString()}::timestamptz`;
  const where = sql`posted_month = ${at} and hour_at >= ${at} and gpu_product is not null`;
  const part = (column: string) =>
    sql`sum(floor(idle.${sql.identifier(column)} * own.own / all_owners.quantity))::text`;
  const { rows } = await queries.execute<Share>(sql`
    with own as (
      select hour_at, cluster_id, gpu_product, project_id, sum(quantity) as own from ${ledgerHourSum}
      where ${where} and line = 'gpu' and bucket = any(${texts(ownedBuckets)}) group by 1, 2, 3, 4),
    all_owners as (select hour_at, cluster_id, gpu_product, sum(own) as quantity from own group by 1, 2, 3 having sum(own) > 0),
    idle as (
      select hour_at, cluster_id, gpu_product, coalesce(sum(quantity) filter (where line = 'gpu'), 0) as quantity,
             sum(loaded_nano) as loaded, sum(open_cost_nano) as open_cost,
             coalesce(sum(unpriced) filter (where line = 'gpu'), 0) as unpriced
      from ${ledgerHourSum} where ${where} and bucket = any(${texts(idleBuckets)}) group by 1, 2, 3)
    select project_id as "projectId", ${part('quantity')} as "milliGpuSeconds", ${part('loaded')} as "loadedNano",
           ${part('open_cost')} as "openCostNano", ${part('unpriced')} as unpriced
    from own join all_owners using (hour_at, cluster_id, gpu_product) join idle using (hour_at, cluster_id, gpu_product)
    where project_id is not null group by 1`);
  return rows;
}

/** Name and cost centre of one project, as its next statement will carry them. */
export async function statementHead(queries: Queries, projectId: string) {
  const [row] = await queries
    .select({ name: project.name, costCentre: project.costCentre })
    .from(project)
    .where(eq(project.id, projectId));
  return row ?? null;
}
