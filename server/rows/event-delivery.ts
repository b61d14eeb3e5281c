import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { type DeliveryEstimate, deliveryEstimate } from '../../domain/drift/delivery-estimate.ts';

type Row = {
  requests: string;
  errors: string;
  covered_ms: string;
  came_requests: string;
  came_responses: string;
};

/**
 * What KServe's logger lost of a service in the last whole hours, at most a day of them, from the first full hour in which
 * its events came; an hour is measured in full half an hour after its end. Null before that, or when nothing was measured.
 */
export async function eventDelivery(
  db: Queries,
  serviceId: string,
  now: Date,
): Promise<DeliveryEstimate | null> {
  const { rows } = await db.execute<Row>(sql`
    with first as (select min(hour_start) as at from ingest_event_hour where service_id = ${serviceId} having count(*) > 0),
    hours as (
      select hour from first, generate_series(
        greatest(first.at + interval '1 hour', date_trunc('hour', ${now.toISOString()}::timestamptz, 'UTC') - interval '1 day'),
        ${now.toISOString()}::timestamptz - interval '90 minutes', interval '1 hour') as hour)
    select coalesce(m.requests, 0) as requests, coalesce(m.errors, 0) as errors, coalesce(m.covered_ms, 0) as covered_ms,
      coalesce(e.requests, 0) as came_requests, coalesce(e.responses, 0) as came_responses
    from hours
    left join ingest_event_hour e on e.service_id = ${serviceId} and e.hour_start = hours.hour
    left join lateral (
      select sum(requests) as requests, sum(errors) as errors, sum(longest) as covered_ms from (
        select sum(requests) as requests, sum(errors) as errors, max(interval_ms) as longest
        from metric_interval
        where service_id = ${serviceId} and interval_end > hours.hour and interval_end <= hours.hour + interval '1 hour'
        group by interval_end) as intervals) as m on true`);
  return deliveryEstimate(
    rows.map((row) => ({
      requests: Number(row.requests),
      errors: Number(row.errors),
      coveredMs: Number(row.covered_ms),
      cameRequests: Number(row.came_requests),
      cameResponses: Number(row.came_responses),
    })),
  );
}
