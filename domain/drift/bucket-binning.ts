import type { NumericBinning } from './binning.ts';
import { type Counters, noRows } from './counters.ts';

const steps = 2 ** 24;

/** A value that stands for the rows of each bucket: its middle, and for the last one its bound. */
function middles(bounds: readonly number[]): number[] {
  const first = bounds[0] ?? 0;
  const inner = bounds.slice(1).map((bound, index) => ((bounds[index] ?? bound) + bound) / 2);
  return [Math.min(first, first / 2), ...inner, bounds.at(-1) ?? 0];
}

/**
 * Bins of a histogram that was counted elsewhere: its bounds. A value that equals a bound lies below it there and above it
 * here, which matters only where rows are counted beside the histogram. `counts` of the first one gives the yardstick.
 */
export function binningOfBounds(bounds: readonly number[], counts: readonly number[]): NumericBinning {
  const values = middles(bounds);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const share = (count: number) => (rows === 0 ? 1 / values.length : count / rows);
  const mean = values.reduce((sum, value, bin) => sum + value * share(counts[bin] ?? 0), 0);
  const variance = values.reduce((sum, value, bin) => sum + (value - mean) ** 2 * share(counts[bin] ?? 0), 0);
  const [low, high] = [Math.min(0, bounds[0] ?? 0), bounds.at(-1) ?? 0];
  const range = high - low || 1;
  return {
    kind: 'numeric',
    edges: bounds,
    points: bounds.map(() => false),
    scale: { centre: low + range / 2, step: range / steps },
    deviation: variance > 0 ? Math.sqrt(variance) : range / 4,
    low,
    high,
  };
}

/** Counters of a histogram's buckets. Its sums are those of the middles of the buckets: it tells only one sum for all. */
export function countersOfBuckets(binning: NumericBinning, counts: readonly number[]): Counters {
  const { scale, edges } = binning;
  const none = noRows(binning);
  const sums = middles(edges).map(
    (value, bin) => BigInt(Math.round((value - scale.centre) / scale.step)) * BigInt(counts[bin] ?? 0),
  );
  return {
    ...none,
    counts: none.counts.map((_, bin) => counts[bin] ?? 0),
    sums,
    apart: { ...none.apart, above: counts.at(-1) ?? 0 },
  };
}
