import { type SQL, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { metricInterval, revisionHour } from '../../db/schema/services.ts';
import { storedCountsSchema } from '../../domain/by-bound.ts';
import type { MetricBar } from '../../domain/metric-series.ts';
import { hourMs } from './revision-hours.ts';

export const usualIntervalMs = 10_000;

type Wanted = {
  readonly serviceId: string;
  readonly range: { readonly from: Date; readonly to: Date };
  readonly stepMs: number;
  /** Without it, `buckets` are empty and nothing of them is read. */
  readonly withLatency: boolean;
};

const noBuckets = sql`null::jsonb`;

type BarRow = {
  revision_number: number;
  end_ms: number;
  interval_ms: number;
  requests: number;
  errors: number;
  buckets: unknown;
};

/** Stored intervals by revision number in rising order, summed over stretches of `stepMs` when that is longer than one. */
export async function metricBars(queries: Queries, asked: Wanted): Promise<Map<number, MetricBar[]>> {
  const { rows } = await queries.execute<BarRow>(
    asked.stepMs <= usualIntervalMs ? storedBars(asked) : summedBars(asked),
  );
  const bars = new Map<number, MetricBar[]>();
  for (const row of rows) {
    const own = bars.get(row.revision_number) ?? [];
    bars.set(row.revision_number, own);
    own.push({
      endMs: row.end_ms,
      intervalMs: row.interval_ms,
      requests: row.requests,
      errors: row.errors,
      buckets: storedCountsSchema.parse(row.buckets ?? {}),
    });
  }
  return bars;
}

function inRange({ serviceId, range }: Wanted) {
  return sql`service_id = ${serviceId} and interval_end > ${range.from.toISOString()}::timestamptz
    and interval_end <= ${range.to.toISOString()}::timestamptz`;
}

function storedBars(wanted: Wanted) {
  return sql`
    select revision_number, (extract(epoch from interval_end) * 1000)::float8 as end_ms, interval_ms,
           requests::float8, errors::float8, ${wanted.withLatency ? sql`buckets` : noBuckets} as buckets
    from ${metricInterval} where ${inRange(wanted)}
    order by revision_number, interval_end limit 200000`;
}

const columns = sql`revision_number, requests, errors`;

const intervals = (where: SQL): SQL =>
  sql`select ${columns}, interval_ms, buckets, interval_end as at from ${metricInterval} where ${where}`;

/** Whole hours that were summed before, and the intervals that came since or lie before the first of them. */
function hoursAndRest(wanted: Wanted): SQL {
  const { serviceId, range } = wanted;
  const first = new Date(Math.ceil(range.from.getTime() / hourMs) * hourMs);
  const until = sql`(select coalesce(max(hour_end), '-infinity') from ${revisionHour} where service_id = ${serviceId})`;
  return sql`
    select ${columns}, covered_ms as interval_ms, buckets, hour_end as at from ${revisionHour}
    where service_id = ${serviceId} and hour_end > ${first.toISOString()}::timestamptz
      and hour_end <= ${range.to.toISOString()}::timestamptz
    union all ${intervals(sql`${inRange(wanted)} and interval_end > ${until}`)}
    union all ${intervals(sql`${inRange(wanted)} and interval_end <= ${first.toISOString()}::timestamptz and interval_end <= ${until}`)}
    union all ${intervals(sql`${inRange(wanted)} and interval_end > date_trunc('hour', ${range.to.toISOString()}::timestamptz, 'UTC') and interval_end <= ${until} and interval_end > ${first.toISOString()}::timestamptz`)}`;
}

/** Sums whole stretches; a stretch keeps the length of the intervals that it really holds. */
function summedBars(wanted: Wanted) {
  const step = sql`${wanted.stepMs}::float8`;
  const bars = sql`
    select revision_number, requests, errors, interval_ms, buckets, ceil(extract(epoch from at) * 1000 / ${step}) * ${step} as end_ms
    from (${wanted.stepMs % hourMs === 0 ? hoursAndRest(wanted) : intervals(inRange(wanted))}) as parts`;
  const sums = sql`
    select revision_number, end_ms, sum(requests)::float8 as requests, sum(errors)::float8 as errors,
           sum(interval_ms)::int as interval_ms
    from bars group by 1, 2`;
  if (!wanted.withLatency)
    return sql`
      with bars as (${bars}) select sums.*, ${noBuckets} as buckets from (${sums}) as sums
      order by revision_number, end_ms limit 200000`;
  return sql`
    with bars as materialized (${bars}), sums as (${sums}), bounds as (
      select revision_number, end_ms, jsonb_object_agg(bound, counted) as buckets
      from (select revision_number, end_ms, each.key as bound, sum(each.value::float8) as counted
            from bars, jsonb_each_text(bars.buckets) as each group by 1, 2, 3) as counts
      group by 1, 2
    )
    select sums.*, bounds.buckets from sums left join bounds using (revision_number, end_ms)
    order by revision_number, end_ms limit 200000`;
}
