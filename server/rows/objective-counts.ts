import { type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries, Transaction } from '../../db/client.ts';
import { metricHour, metricInterval } from '../../db/schema/services.ts';
import { type ObjectiveCounts, objectivePeriodMs } from '../../domain/objective.ts';
import type { ObjectiveHour } from '../../domain/objective-series.ts';

/** An interval is measured at most twenty minutes late, so an hour that ended so long ago does not change any more. */
const finalAfterMs = 30 * 60_000;

/** Whole requests; `within` and what belongs to it only where a bucket ends at the asked bound. */
type Sums = {
  readonly requests: number;
  readonly errors: number;
  readonly coveredMs: number;
  readonly bounded: number;
  readonly within: number;
  readonly boundedMs: number;
};

/** Requests of one stretch as the two kinds of promises count them. */
export type CountsByKind = { readonly errors: ObjectiveCounts; readonly latency: ObjectiveCounts };

function byKind(sums: Sums): CountsByKind {
  return {
    errors: { requests: sums.requests, bad: sums.errors, coveredMs: sums.coveredMs },
    latency: { requests: sums.bounded, bad: sums.bounded - sums.within, coveredMs: sums.boundedMs },
  };
}

const sumsSchema = z.object({
  requests: z.coerce.number(),
  errors: z.coerce.number(),
  coveredMs: z.coerce.number(),
  bounded: z.coerce.number(),
  within: z.coerce.number(),
  boundedMs: z.coerce.number(),
});

const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
const ms = (length: SQL | number) => sql`${length} * interval '1 millisecond'`;
const hourOf = (instant: SQL) => sql`date_trunc('hour', ${instant} - interval '1 millisecond', 'UTC')`;

/**
 * Sums whole past hours of a service once, so that 28 days are some hundred rows and not some hundred thousand; at most two
 * days at once, so that a service whose objectives are new is caught up with in a few minutes and never waits for long.
 * Writes nothing while no further hour is final. Returns how many hours it added.
 */
export async function sumHours(tx: Transaction, of: { serviceId: string; now: Date }): Promise<number> {
  const finalMs = of.now.getTime() - finalAfterMs;
  const { rowCount } = await tx.execute(sql`
    with done as (select coalesce(max(hour_end), ${at(of.now.getTime() - objectivePeriodMs - 2 * 86_400_000)}) as until
                  from ${metricHour} where service_id = ${of.serviceId}),
    first as (select min(interval_end) as at from ${metricInterval}
              where service_id = ${of.serviceId} and interval_end > (select until from done)),
    bars as materialized (
      select project_id, service_id, interval_end, interval_ms, requests, errors, buckets,
             ${hourOf(sql`interval_end`)} + interval '1 hour' as hour_end
      from ${metricInterval}
      where service_id = ${of.serviceId} and interval_end > (select until from done)
        and interval_end <= date_trunc('hour', least(${at(finalMs)}, (select at from first) + interval '2 days'), 'UTC')),
    cuts as (select project_id, service_id, hour_end, interval_end, max(interval_ms) as covered_ms,
                    sum(requests) as requests, sum(errors) as errors
             from bars group by 1, 2, 3, 4),
    bound_cuts as (select hour_end, interval_end, each.key as bound, max(interval_ms) as covered_ms,
                          sum(requests) as requests, sum(each.value::int8) as within
                   from bars, jsonb_each_text(bars.buckets) as each group by 1, 2, 3),
    bounds as (select hour_end, jsonb_object_agg(bound, jsonb_build_array(within, requests, covered_ms)) as bounds
               from (select hour_end, bound, sum(within) as within, sum(requests) as requests,
                            sum(covered_ms) as covered_ms
                     from bound_cuts group by 1, 2) as summed
               group by 1)
    insert into ${metricHour} (project_id, service_id, hour_end, covered_ms, requests, errors, bounds)
    select project_id, service_id, hour_end, sum(covered_ms), sum(requests), sum(errors),
           coalesce((select bounds.bounds from bounds where bounds.hour_end = cuts.hour_end), '{}'::jsonb)
    from cuts group by 1, 2, 3
    on conflict do nothing`);
  return rowCount ?? 0;
}

type Asked = {
  readonly serviceId: string;
  readonly now: Date;
  /** Bound of the latency promise; null when there is none. */
  readonly slowerThanMs: number | null;
};

/** Whole hours that are summed, and what is left of the intervals: each stretch once for every window that it may lie in. */
function parts({ serviceId, now, slowerThanMs }: Asked, ranges: SQL): SQL {
  const bound = sql`${String(slowerThanMs ?? '')}::text`;
  return sql`
    select hour_end - interval '1 hour' as from_at, hour_end as end_at, null::timestamptz as hour_from,
           requests::int8, errors::int8, covered_ms::int8,
           (bounds->${bound}->>1)::int8 as bounded, (bounds->${bound}->>0)::int8 as within,
           (bounds->${bound}->>2)::int8 as bounded_ms
    from ${metricHour}
    where service_id = ${serviceId} and hour_end > ${at(now.getTime() - objectivePeriodMs)} and hour_end <= ${at(now.getTime())}
    union all
    select interval_end - ${ms(sql`max(interval_ms)`)}, interval_end,
           case when interval_end <= (select until from summed) then ${hourOf(sql`interval_end`)} end,
           sum(requests), sum(errors), max(interval_ms),
           sum(requests) filter (where buckets ? ${bound}), sum((buckets->>${bound})::int8),
           max(interval_ms) filter (where buckets ? ${bound})
    from ${metricInterval}
    where service_id = ${serviceId} and interval_end <= ${at(now.getTime())} and (${ranges})
    group by interval_end`;
}

const summedUntil = ({ serviceId, now }: Asked) => sql`
  select greatest(coalesce(max(hour_end), '-infinity'), ${at(now.getTime() - objectivePeriodMs)}) as until
  from ${metricHour} where service_id = ${serviceId} and hour_end <= ${at(now.getTime())}`;

const columns = sql`
  coalesce(sum(requests), 0) as requests, coalesce(sum(errors), 0) as errors,
  coalesce(sum(covered_ms), 0) as "coveredMs", coalesce(sum(bounded), 0) as bounded,
  coalesce(sum(within), 0) as within, coalesce(sum(bounded_ms), 0) as "boundedMs"`;

/**
 * Exact counts of the newest stretches of these lengths, up to an instant: hours that lie wholly inside from their sums,
 * the rest from the intervals. An interval that only partly lies inside is left out, a missing one is a gap.
 */
export async function windowCounts(
  queries: Queries,
  asked: Asked,
  windowsMs: readonly number[],
): Promise<ReadonlyMap<number, CountsByKind>> {
  const nowMs = asked.now.getTime();
  const edges = windowsMs.map((length) => {
    const from = at(nowMs - length);
    return sql`(interval_end > ${from} and interval_end <= date_trunc('hour', ${from}, 'UTC') + interval '1 hour')`;
  });
  const ranges = sql.join([sql`interval_end > (select until from summed)`, ...edges], sql` or `);
  const lengths = sql.param(windowsMs.map(String));
  const { rows } = await queries.execute<{ length: string } & Record<string, unknown>>(sql`
    with summed as (${summedUntil(asked)}), parts as materialized (${parts(asked, ranges)})
    select length, ${columns}
    from unnest(${lengths}::float8[]) as length
    left join parts on from_at >= ${at(nowMs)} - ${ms(sql`length`)}
      and (hour_from is null or hour_from < ${at(nowMs)} - ${ms(sql`length`)})
    group by length`);
  return new Map(rows.map(({ length, ...sums }) => [Number(length), byKind(sumsSchema.parse(sums))]));
}

export type HoursByKind = {
  readonly errors: readonly ObjectiveHour[];
  readonly latency: readonly ObjectiveHour[];
};

/** Counts of each hour of the period in rising order; the present one as far as it goes, one without any interval is missing. */
export async function hourCounts(queries: Queries, asked: Asked): Promise<HoursByKind> {
  const { rows } = await queries.execute<{ endMs: string } & Record<string, unknown>>(sql`
    with summed as (${summedUntil(asked)}), parts as (${parts(asked, sql`interval_end > (select until from summed)`)})
    select extract(epoch from ${hourOf(sql`end_at`)}) * 1000 + 3600000 as "endMs", ${columns}
    from parts group by 1 order by 1`);
  const hours = rows.map(({ endMs, ...sums }) => ({
    endMs: Number(endMs),
    ...byKind(sumsSchema.parse(sums)),
  }));
  return {
    errors: hours.map(({ endMs, errors }) => ({ endMs, ...errors })),
    latency: hours.map(({ endMs, latency }) => ({ endMs, ...latency })),
  };
}
