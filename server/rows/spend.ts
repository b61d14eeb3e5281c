import { type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { ledgerEntry, ledgerHourSum } from '../../db/schema/ledger.ts';
import { openSpend } from '../../domain/ledger/open-spend.ts';
import {
  type IdleShare,
  idleBuckets,
  ownedBuckets,
  type SpendHour,
  type SpendScope,
} from '../../domain/ledger/spend.ts';
import { type OpenRow, openRows, stillOpen } from './open-hours.ts';

export type SpendRange = {
  /** Begin of an hour, UTC. */
  readonly from: Date;
  readonly to: Date;
};

const columns = {
  clusterId: 'cluster_id',
  projectId: 'project_id',
  environmentId: 'environment_id',
  serviceId: 'service_id',
  modelId: 'model_id',
  modelVersionId: 'model_version_id',
  gpuProduct: 'gpu_product',
} as const satisfies Record<keyof SpendScope, string>;

/** Whether a row of the ledger or of its sums belongs to the scope. */
export function inScope(scope: SpendScope): SQL {
  const conditions = Object.entries(columns).flatMap(([key, column]) => {
    const wanted = scope[key as keyof SpendScope] ?? null;
    return wanted === null ? [] : [sql`${sql.identifier(column)} = ${wanted}`];
  });
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

const texts = (values: readonly string[]) => sql`${sql.param([...values])}::text[]`;
const instantOf = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** Rows of the range that count for the period in which they were used: later differences of a closed month do not. */
const inTime = ({ from, to }: SpendRange) => sql`
  hour_at >= ${instantOf(from)} and hour_at < ${instantOf(to)} and posted_month <= date_trunc('month', hour_at, 'UTC')`;

const amounts = sql`
  coalesce(sum(quantity) filter (where line = 'gpu'), 0) as quantity,
  coalesce(sum(loaded_nano), 0) as loaded, coalesce(sum(open_cost_nano), 0) as open_cost,
  coalesce(sum(unpriced) filter (where line = 'gpu'), 0) as unpriced,
  coalesce(sum(estimated_quantity) filter (where line = 'gpu'), 0) as estimated`;

/** The same columns of what has no sums by node. */
const entries = sql`(
  select hour_at, posted_month, cluster_id, node_uid, bucket, line, project_id, environment_id, service_id, model_id,
         model_version_id, gpu_product, quantity, loaded_nano, open_cost_nano,
         case when loaded_nano is null then quantity else 0 end as unpriced,
         case when estimated then quantity else 0 end as estimated_quantity
  from ${ledgerEntry}) as entries`;

function shares(scope: SpendScope, range: SpendRange, share: Exclude<IdleShare, 'none'>): SQL {
  const place = share === 'node' ? sql`cluster_id, node_uid` : sql`cluster_id`;
  const source = share === 'node' ? entries : sql`${ledgerHourSum}`;
  const where = sql`${inTime(range)} and gpu_product is not null`;
  const part = (column: string) =>
    sql`sum(floor(idle.${sql.identifier(column)} * own.own / own.all_owners)) as ${sql.identifier(column)}`;
  return sql`
    union all
    select idle.hour_at, ${sql.join(
      ['quantity', 'loaded', 'open_cost', 'unpriced', 'estimated'].map(part),
      sql`, `,
    )}
    from (select hour_at, ${place}, gpu_product, ${amounts} from ${source}
          where ${where} and bucket = any(${texts(idleBuckets)}) group by hour_at, ${place}, gpu_product) as idle
    join (select hour_at, ${place}, gpu_product, sum(quantity) as all_owners,
                 coalesce(sum(quantity) filter (where ${inScope(scope)}), 0) as own
          from ${source} where ${where} and line = 'gpu' and bucket = any(${texts(ownedBuckets)})
          group by hour_at, ${place}, gpu_product having sum(quantity) > 0) as own
      using (hour_at, ${place}, gpu_product)
    group by idle.hour_at`;
}

const whole = z.coerce.string().transform((text) => BigInt(text));
const rowSchema = z.object({
  at: z.string().transform((text) => new Date(text)),
  quantity: whole,
  loaded: whole,
  openCost: whole,
  unpriced: whole,
  estimated: whole,
});

/** The same hour of the sums as a row for readers. */
function hourOf(row: unknown, sealed: boolean): SpendHour {
  const { at, quantity, loaded, openCost, unpriced, estimated } = rowSchema.parse(row);
  return {
    hourAt: at,
    milliGpuSeconds: quantity,
    loadedNano: loaded,
    openCostNano: openCost,
    unpriced,
    estimated,
    sealed,
  };
}

/** What each sealed UTC hour of the range cost the scope, in rising order; an hour in which it had nothing is missing. */
async function sealedByHour(
  queries: Queries,
  scope: SpendScope,
  { range, idle }: { range: SpendRange; idle: IdleShare },
): Promise<SpendHour[]> {
  const { rows } = await queries.execute(sql`
    select to_char(hour_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, sum(quantity)::text as quantity,
           sum(loaded)::text as loaded, sum(open_cost)::text as "openCost", sum(unpriced)::text as unpriced,
           sum(estimated)::text as estimated
    from (select hour_at, ${amounts} from ${ledgerHourSum}
          where ${inTime(range)} and bucket = any(${texts(ownedBuckets)}) and ${inScope(scope)} group by hour_at
          ${idle === 'none' ? sql`` : shares(scope, range, idle)}) as parts
    group by hour_at order by hour_at`);
  return rows.map((row) => hourOf(row, true));
}

/**
 * What each UTC hour of the range cost the scope, in rising order; an hour in which it had nothing is missing. Counts pods
 * that somebody asked for, and of idle time the share that `idle` says. Whoever asks more than once up to the same moment
 * gives the `open` rows until then, which are costly.
 */
export async function spendByHour(
  queries: Queries,
  scope: SpendScope,
  range: SpendRange & { readonly idle?: IdleShare; readonly open?: readonly OpenRow[] },
): Promise<SpendHour[]> {
  const idle = range.idle ?? 'none';
  const hours = new Map(
    (await sealedByHour(queries, scope, { range, idle })).map((hour) => [hour.hourAt.getTime(), hour]),
  );
  const open =
    range.open === undefined
      ? await openRows(queries, { ...range, clusterId: scope.clusterId ?? null })
      : withinRange(await stillOpen(queries, range.open), range);
  for (const hour of openSpend(open, scope, idle)) {
    const before = hours.get(hour.hourAt.getTime());
    hours.set(hour.hourAt.getTime(), before === undefined ? hour : together(before, hour));
  }
  return [...hours.values()].sort((left, right) => left.hourAt.getTime() - right.hourAt.getTime());
}

/** Of the rows those that `openRows` gives for the range. */
function withinRange(open: readonly OpenRow[], { from, to }: SpendRange): OpenRow[] {
  const first = Math.floor(from.getTime() / 3_600_000) * 3_600_000;
  return open.filter(({ hourAt }) => hourAt.getTime() >= first && hourAt < to);
}

/** The same by UTC day; `hourAt` is the first hour of the day, and a day is sealed when every hour of it that cost something is. */
export async function spendByDay(
  queries: Queries,
  scope: SpendScope,
  range: SpendRange & { readonly idle?: IdleShare },
): Promise<SpendHour[]> {
  const days = new Map<number, SpendHour>();
  for (const hour of await spendByHour(queries, scope, range)) {
    const at = Math.floor(hour.hourAt.getTime() / 86_400_000) * 86_400_000;
    const before = days.get(at);
    days.set(at, before === undefined ? { ...hour, hourAt: new Date(at) } : together(before, hour));
  }
  return [...days.values()];
}

function together(left: SpendHour, right: SpendHour): SpendHour {
  return {
    hourAt: left.hourAt,
    milliGpuSeconds: left.milliGpuSeconds + right.milliGpuSeconds,
    loadedNano: left.loadedNano + right.loadedNano,
    openCostNano: left.openCostNano + right.openCostNano,
    unpriced: left.unpriced + right.unpriced,
    estimated: left.estimated + right.estimated,
    sealed: left.sealed && right.sealed,
  };
}
