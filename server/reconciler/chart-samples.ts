import { podIntervals } from '../../domain/analysis/counter-deltas.ts';
import { byBound } from '../../domain/by-bound.ts';
import { type IntervalWork, intervalWork } from '../../domain/unit-cost/pod-work.ts';
import type { CounterSample } from '../metrics/metrics.ts';
import { counterSeries, type Part } from './counter-series.ts';

/** Length of one interval of the stored chart series. */
export const chartIntervalMs = 10_000;

export type ChartRow = IntervalWork & {
  readonly revisionNumber: number;
  readonly intervalEnd: Date;
  readonly intervalMs: number;
  readonly requests: number;
  readonly errors: number;
  readonly buckets: Readonly<Record<string, number>>;
  readonly podCount: number;
};

type Bar = { readonly startMs: number; requests: number; part: number; podCount: number };

/** Sum over a revision's pods per interval end; a dropped interval has no entry. */
function barsOf(
  samples: readonly CounterSample[],
  boundariesMs: readonly number[],
  part: Part,
): Map<number, Bar> {
  const series = counterSeries(samples, { boundariesMs, armOf: () => 'canary', part });
  const bars = new Map<number, Bar>();
  if (series === null) return bars;
  // Of a bucket the count itself is charted, so its part is taken as it is.
  for (const interval of podIntervals({ ...series, partIs: 'bad' })) {
    if (interval.kind === 'dropped') continue;
    const bar = { startMs: interval.startMs, requests: 0, part: 0, podCount: interval.pods.length };
    for (const pod of interval.pods) {
      bar.requests += pod.n;
      bar.part += pod.x;
    }
    bars.set(interval.endMs, bar);
  }
  return bars;
}

/** Differences per revision and interval for charts; intervals in which a counter was born, vanished or fell are missing. */
export function chartRows(samples: readonly CounterSample[], boundariesMs: readonly number[]): ChartRow[] {
  const rows: ChartRow[] = [];
  for (const [revisionNumber, own] of Map.groupBy(samples, (sample) => sample.revisionNumber)) {
    const errors = barsOf(own, boundariesMs, { of: 'errors' });
    const bounds = Object.keys(own[0]?.buckets ?? {}).map(Number);
    const buckets = bounds.map(
      (slowerThanMs) => [slowerThanMs, barsOf(own, boundariesMs, { of: 'slow', slowerThanMs })] as const,
    );
    const atBoundary = Map.groupBy(own, ({ at }) => at.getTime());
    for (const [endMs, bar] of errors) {
      const counts = buckets.flatMap(([bound, bars]) => {
        const found = bars.get(endMs);
        return found === undefined ? [] : [[bound, found.part] as const];
      });
      rows.push({
        revisionNumber,
        intervalEnd: new Date(endMs),
        intervalMs: chartIntervalMs,
        requests: bar.requests,
        errors: bar.part,
        buckets: byBound(counts),
        podCount: bar.podCount,
        ...intervalWork(atBoundary.get(bar.startMs) ?? [], atBoundary.get(endMs) ?? []),
      });
    }
  }
  return rows;
}
