import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { metricInterval, revisionHour, service } from '../../db/schema/services.ts';

export const hourMs = 3_600_000;

/**
 * Sums whole past hours of each revision of a service once; at most two days at once. An interval is measured at most twenty
 * minutes late, so an hour is final half an hour before the newest interval. Returns how many rows it added.
 */
async function sumRevisionHours(db: Queries, serviceId: string): Promise<number> {
  const { rowCount } = await db.execute(sql`
    with done as (select coalesce(max(hour_end), '-infinity') as until from ${revisionHour} where service_id = ${serviceId}),
    span as (select min(interval_end) as first, max(interval_end) as last from ${metricInterval}
             where service_id = ${serviceId} and interval_end > (select until from done)),
    bars as materialized (
      select project_id, revision_number, interval_ms, requests, errors, buckets,
             date_trunc('hour', interval_end - interval '1 millisecond', 'UTC') + interval '1 hour' as hour_end
      from ${metricInterval}
      where service_id = ${serviceId} and interval_end > (select until from done)
        and interval_end <= date_trunc('hour', least((select last from span) - interval '30 minutes',
                                                     (select first from span) + interval '2 days'), 'UTC')),
    bounds as (select revision_number, hour_end, jsonb_object_agg(bound, counted) as buckets
               from (select revision_number, hour_end, each.key as bound, sum(each.value::int8) as counted
                     from bars, jsonb_each_text(bars.buckets) as each group by 1, 2, 3) as counts
               group by 1, 2),
    sums as (select project_id, revision_number, hour_end, sum(interval_ms) as covered_ms, sum(requests) as requests,
                    sum(errors) as errors
             from bars group by 1, 2, 3)
    insert into ${revisionHour} (project_id, service_id, revision_number, hour_end, covered_ms, requests, errors, buckets)
    select project_id, ${serviceId}::uuid, revision_number, hour_end, covered_ms, requests, errors,
           coalesce(bounds.buckets, '{}'::jsonb)
    from sums left join bounds using (revision_number, hour_end)
    on conflict do nothing`);
  return rowCount ?? 0;
}

/** The same of every service, until nothing more is final. */
export async function sumAllRevisionHours(db: Queries): Promise<void> {
  for (const { id } of await db.select({ id: service.id }).from(service))
    while ((await sumRevisionHours(db, id)) > 0);
}
