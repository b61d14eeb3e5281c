import { and, asc, eq, gt } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { metricInterval } from '../../db/schema/services.ts';
import { storedCountsSchema } from '../../domain/by-bound.ts';
import type { MetricBar } from '../../domain/metric-series.ts';
import { longestRailSpanMs } from '../../domain/running-rail.ts';

/** Stored intervals of one revision in the hour before an instant, in rising order; a dropped one is missing. */
export async function runningBars(
  queries: Queries,
  of: { serviceId: string; revisionNumber: number; now: Date },
): Promise<MetricBar[]> {
  const rows = await queries
    .select()
    .from(metricInterval)
    .where(
      and(
        eq(metricInterval.serviceId, of.serviceId),
        eq(metricInterval.revisionNumber, of.revisionNumber),
        gt(metricInterval.intervalEnd, new Date(of.now.getTime() - longestRailSpanMs)),
      ),
    )
    .orderBy(asc(metricInterval.intervalEnd))
    .limit(1_000);
  return rows.map(({ intervalEnd, intervalMs, requests, errors, buckets }) => ({
    endMs: intervalEnd.getTime(),
    intervalMs,
    requests,
    errors,
    buckets: storedCountsSchema.parse(buckets),
  }));
}
