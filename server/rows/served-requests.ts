import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { metricInterval } from '../../db/schema/services.ts';
import type { ServedRequests } from '../../domain/rollout-record.ts';
import type { ArmInterval } from '../../domain/stable-since.ts';

type Asked = {
  readonly serviceId: string;
  readonly revisionNumber: number;
  readonly from: Date;
  readonly to: Date;
  /** Bound that "slow" means; null when no check names one. */
  readonly slowerThanMs: number | null;
  /** Which requests show that it is broken. */
  readonly bad: 'errors' | 'slow';
};

/** What one revision answered, as counted at its pods in whole intervals. */
export async function servedRequests(queries: Queries, asked: Asked): Promise<ServedRequests> {
  const { slowerThanMs } = asked;
  const slow =
    slowerThanMs === null ? sql`null::float8` : sql`requests - (buckets ->> ${String(slowerThanMs)})::float8`;
  const bad = asked.bad === 'slow' ? slow : sql`errors`;
  const { rows } = await queries.execute<{
    requests: number | null;
    failed: number | null;
    slow: number | null;
    first_bad_ms: number | null;
    until_ms: number | null;
  }>(sql`
    select sum(requests)::float8 as requests, sum(errors)::float8 as failed, sum(${slow})::float8 as slow,
           (extract(epoch from min(interval_end) filter (where ${bad} > 0)) * 1000
             - min(interval_ms))::float8 as first_bad_ms,
           (extract(epoch from max(interval_end)) * 1000)::float8 as until_ms
    from ${metricInterval}
    where service_id = ${asked.serviceId} and revision_number = ${asked.revisionNumber}
      and interval_end > ${asked.from.toISOString()}::timestamptz
      and interval_end <= ${asked.to.toISOString()}::timestamptz`);
  const row = rows[0];
  return {
    requests: row?.requests ?? 0,
    failed: row?.failed ?? 0,
    slow: row?.slow ?? null,
    slowerThanMs,
    firstBadAt: instantOf(row?.first_bad_ms),
    countedUntil: instantOf(row?.until_ms),
  };
}

function instantOf(ms: number | null | undefined): string | null {
  return ms == null ? null : new Date(ms).toISOString();
}

/** Intervals of two revisions after a moment, oldest first, as `stableSince` judges them; at most an hour of them. */
export async function armIntervals(
  queries: Queries,
  of: { serviceId: string; stableNumber: number; canaryNumber: number; from: Date; to: Date },
): Promise<ArmInterval[]> {
  const { rows } = await queries.execute<{
    end_ms: number;
    interval_ms: number;
    stable: number | null;
    canary: number | null;
  }>(sql`
    select (extract(epoch from interval_end) * 1000)::float8 as end_ms, max(interval_ms) as interval_ms,
           (sum(requests) filter (where revision_number = ${of.stableNumber}))::float8 as stable,
           (sum(requests) filter (where revision_number = ${of.canaryNumber}))::float8 as canary
    from ${metricInterval}
    where service_id = ${of.serviceId} and revision_number in (${of.stableNumber}, ${of.canaryNumber})
      and interval_end > ${of.from.toISOString()}::timestamptz
      and interval_end <= ${of.to.toISOString()}::timestamptz
    group by interval_end order by interval_end limit 400`);
  return rows.map(({ end_ms, interval_ms, stable, canary }) => ({
    endMs: end_ms,
    intervalMs: interval_ms,
    stable,
    canary,
  }));
}
