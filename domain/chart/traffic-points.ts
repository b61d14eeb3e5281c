import { type MetricBar, quantileMs, slowShareOf } from '../metric-series.ts';
import { shareRate } from '../performance/rate.ts';
import type { ChartSeries } from './chart-series.ts';

type Points = ChartSeries['points'];

/** Requests per second over what was measured of each stretch. */
export const requestPoints = (bars: readonly MetricBar[]): Points =>
  bars.map((bar) => [bar.endMs, bar.intervalMs === 0 ? null : bar.requests / (bar.intervalMs / 1_000)]);

/** Errors by requests; a stretch without requests is a gap. */
export const errorPoints = (bars: readonly MetricBar[]): Points =>
  bars.map((bar) => [bar.endMs, bar.requests === 0 ? null : bar.errors / bar.requests]);

/** The share slower than a bound; a stretch without requests, or of which no bucket ends there, is a gap. */
export const slowPoints = (bars: readonly MetricBar[], slowerThanMs: number): Points =>
  bars.map((bar) => [bar.endMs, slowShareOf(bar, slowerThanMs)]);

/** The 95th percentile in ms; a stretch without requests is a gap. */
export const latencyPoints = (bars: readonly MetricBar[]): Points =>
  bars.map((bar) => [bar.endMs, quantileMs(bar, 0.95)]);

/** Each one's measured share of all requests by stretch: one who answered none has 0, and without any requests all have a gap. */
export function weightPoints<Key>(bars: ReadonlyMap<Key, readonly MetricBar[]>): Map<Key, Points> {
  const totals = new Map<number, number>();
  for (const own of bars.values())
    for (const bar of own) totals.set(bar.endMs, (totals.get(bar.endMs) ?? 0) + bar.requests);
  const at = [...totals.keys()].sort((left, right) => left - right);
  return new Map(
    [...bars].map(([key, own]) => {
      const byEnd = new Map(own.map((bar) => [bar.endMs, bar.requests]));
      return [
        key,
        at.map((end) => {
          const total = totals.get(end) ?? 0;
          return [end, total === 0 ? null : (byEnd.get(end) ?? 0) / total] as const;
        }),
      ];
    }),
  );
}

/** Where the true share of errors lies with 95 %; a stretch without requests has none. */
export const errorBand = (bars: readonly MetricBar[]): NonNullable<ChartSeries['band']> =>
  bars.flatMap(({ endMs, requests, errors }) => {
    const rate = shareRate(errors, requests);
    return rate === null ? [] : [[endMs, rate.low, rate.high] as const];
  });
