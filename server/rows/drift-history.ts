import { sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { addCounters, type Counters } from '../../domain/drift/counters.ts';
import { wholeSegment } from '../../domain/drift/feature.ts';
import { type Span, type WindowClock, windowAt } from '../../domain/drift/window-clock.ts';
import { type CounterText, countersOf } from './drift-counters.ts';

type History = {
  readonly serviceId: string;
  readonly binningId: string;
  readonly featureIds?: readonly string[] | undefined;
  readonly revisionIds?: readonly string[] | undefined;
  readonly clock: WindowClock;
  readonly span: Span;
};

/** Days of UTC are kept as rows of their own; those of other zones are put together from hours. */
function tableOf({ length, timeZone }: WindowClock) {
  if (length === 'fiveMinutes') return sql`drift_five_minutes`;
  return length !== 'hour' && timeZone === 'UTC' ? sql`drift_day` : sql`drift_hour`;
}

type Row = CounterText & { feature_id: string; start_ms: string };

/** What was counted in every window of a span, by feature and by the window's start; a window without rows is not there. */
export async function readHistory(
  queries: Queries,
  { serviceId, binningId, featureIds, revisionIds, clock, span }: History,
): Promise<Map<string, Map<number, Counters>>> {
  const { rows } = await queries.execute<Row>(sql`
    select s.feature_id, (extract(epoch from w.window_start) * 1000)::bigint::text as start_ms,
      w.counts::text, w.sums::text, w.apart::text
    from drift_series s join ${tableOf(clock)} w on w.series_id = s.id
    where s.service_id = ${serviceId} and s.binning_id = ${binningId} and s.segment = ${wholeSegment}
      ${featureIds === undefined ? sql`` : sql`and s.feature_id = any(${sql.param([...featureIds])}::uuid[])`}
      ${revisionIds === undefined ? sql`` : sql`and s.revision_id = any(${sql.param([...revisionIds])}::uuid[])`}
      and w.window_start >= ${new Date(span.fromMs).toISOString()}::timestamptz
      and w.window_start < ${new Date(span.toMs).toISOString()}::timestamptz`);
  const starts = new Map<string, number>();
  const startOf = (text: string) => {
    const known = starts.get(text) ?? windowAt(clock, Number(text)).fromMs;
    starts.set(text, known);
    return known;
  };
  const history = new Map<string, Map<number, Counters>>();
  for (const row of rows) {
    const windows = history.get(row.feature_id) ?? new Map<number, Counters>();
    history.set(row.feature_id, windows);
    const start = startOf(row.start_ms);
    const known = windows.get(start);
    const counters = countersOf(row);
    windows.set(start, known === undefined ? counters : addCounters(known, counters));
  }
  return history;
}
