import { byBound } from '../by-bound.ts';
import type { MetricBar } from '../metric-series.ts';

/**
 * Bars of one revision in rising order, of which one that was measured over more than a step stands at every step of its
 * time with its part of the counts: an hour that is known only as a whole is a line of its mean, not a dot between gaps.
 */
export function spreadBars(bars: readonly MetricBar[], stepMs: number): MetricBar[] {
  let coveredMs = Number.NEGATIVE_INFINITY;
  return bars.flatMap((bar) => {
    const free = bar.endMs - Math.max(coveredMs, bar.endMs - bar.intervalMs);
    coveredMs = bar.endMs;
    const steps = Math.max(1, Math.floor(free / stepMs));
    if (bar.intervalMs <= stepMs || steps === 1) return [bar];
    const part = stepMs / bar.intervalMs;
    const own = {
      intervalMs: stepMs,
      requests: bar.requests * part,
      errors: bar.errors * part,
      buckets: byBound(Object.entries(bar.buckets).map(([bound, count]) => [Number(bound), count * part])),
    };
    return Array.from({ length: steps }, (_, index) => ({
      ...own,
      endMs: bar.endMs - (steps - 1 - index) * stepMs,
    }));
  });
}
