import type { MetricPoint } from './metric-series.ts';
import { burnRate, type ObjectiveCounts } from './objective.ts';

/** Counts of one whole hour for one objective. */
export type ObjectiveHour = ObjectiveCounts & { readonly endMs: number };

const hourMs = 3_600_000;

/**
 * The burn rate at the end of each hour over the window before it, exact over the hours' counts. A window of which less
 * than half was measured, or without requests, is a gap.
 */
export function burnSeries(
  hours: readonly ObjectiveHour[],
  at: { fromMs: number; toMs: number; windowMs: number; budgetPpm: number },
): MetricPoint[] {
  const { fromMs, toMs, windowMs, budgetPpm } = at;
  const byEnd = new Map(hours.map((hour) => [hour.endMs, hour]));
  const first = Math.ceil(fromMs / hourMs) * hourMs;
  const sum = { requests: 0, bad: 0, coveredMs: 0 };
  const add = (hour: ObjectiveHour | undefined, sign: 1 | -1) => {
    sum.requests += sign * (hour?.requests ?? 0);
    sum.bad += sign * (hour?.bad ?? 0);
    sum.coveredMs += sign * (hour?.coveredMs ?? 0);
  };
  for (let endMs = first - windowMs + hourMs; endMs < first; endMs += hourMs) add(byEnd.get(endMs), 1);
  const points: MetricPoint[] = [];
  for (let endMs = first; endMs <= toMs; endMs += hourMs) {
    add(byEnd.get(endMs), 1);
    points.push([endMs, sum.coveredMs * 2 < windowMs ? null : burnRate(sum, budgetPpm)]);
    add(byEnd.get(endMs - windowMs + hourMs), -1);
  }
  return points;
}
