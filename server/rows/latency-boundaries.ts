import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { metricInterval, service } from '../../db/schema/services.ts';

/**
 * Boundaries of the latency buckets that the metrics of a service have shown lately, rising; of its environment's other
 * services, which share the metric profile, when it has none of its own yet. Empty when none are known.
 */
export async function latencyBoundaries(
  queries: Queries,
  of: { serviceId: string; environmentId: string },
): Promise<number[]> {
  const own = await boundariesWhere(queries, sql`${service.id} = ${of.serviceId}`);
  return own.length > 0
    ? own
    : await boundariesWhere(queries, sql`${service.environmentId} = ${of.environmentId}`);
}

async function boundariesWhere(queries: Queries, which: ReturnType<typeof sql>): Promise<number[]> {
  const { rows } = await queries.execute<{ bound: string }>(sql`
    select distinct bound::float8::text as bound
    from (select ${service.id} as id from ${service} where ${which} limit 50) as place
    cross join lateral (
      select buckets from ${metricInterval} where service_id = place.id order by interval_end desc limit 20) as newest
    cross join lateral jsonb_object_keys(newest.buckets) as bound`);
  return rows.map((row) => Number(row.bound)).sort((left, right) => left - right);
}
