import type { ChartRange } from './chart-series.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [10, 20, 30, 60, 120, 300, 600, 900, 1_800]
  .map((seconds) => seconds * second)
  .concat([1, 2, 3, 6, 12].map((hours) => hours * hour))
  .concat([1, 7, 28].map((days) => days * day));

/** The shortest round step, at least `leastMs`, of which the range holds at most `maxPoints`; 28 days for what no step fits. */
export function chartStep(
  { from, to }: ChartRange,
  maxPoints: number,
  leastMs: number = 10 * second,
): number {
  return steps.find((step) => step >= leastMs && (to - from) / step <= maxPoints) ?? 28 * day;
}
