/** How many values a histogram counted that are above `from` and at most `to`. */
export type Bucket = { readonly from: number; readonly to: number; readonly count: number };

/** Of the same bound in two texts or powers, which may differ in the last bits. */
const tolerance = 1e-9;
const isSame = (left: number, right: number): boolean =>
  left === right ||
  (Number.isFinite(left - right) &&
    Math.abs(left - right) <= tolerance * Math.max(Math.abs(left), Math.abs(right)));
const isAtMost = (left: number, right: number): boolean => left <= right || isSame(left, right);

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** Buckets by their upper bounds, each with its own count; there is one count more than bounds. */
export const bucketsOfBounds = (bounds: readonly number[], counts: readonly number[]): Bucket[] =>
  counts.map((count, index) => ({
    from: bounds[index - 1] ?? Number.NEGATIVE_INFINITY,
    to: bounds[index] ?? Number.POSITIVE_INFINITY,
    count,
  }));

/**
 * Buckets of Prometheus' classic histogram, whose counters by upper bound (`le`) hold all that lies below, in any order.
 * Null for one that lacks +Inf, or that was read while it was written: counters that fall from one bound to the next.
 */
export function bucketsOfCumulative(counters: readonly (readonly [number, number])[]): Bucket[] | null {
  const sorted = counters.toSorted(([left], [right]) => left - right);
  if (sorted.at(-1)?.[0] !== Number.POSITIVE_INFINITY) return null;
  const counts = sorted.map(([, all], index) => all - (sorted[index - 1]?.[1] ?? 0));
  if (!counts.every(isCount)) return null;
  const bounds = sorted.slice(0, -1).map(([bound]) => bound);
  return bucketsOfBounds(bounds, counts);
}

/** Buckets of an exponential histogram: those of one side, from `offset` on, grow by 2^(2^-scale). */
export type Exponential = {
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: { readonly offset: number; readonly bucketCounts: readonly number[] };
  readonly negative: { readonly offset: number; readonly bucketCounts: readonly number[] };
};

/** Its buckets in ascending order. Source: OpenTelemetry, metrics data model, "ExponentialHistogram". */
export function bucketsOfExponential(histogram: Exponential): Bucket[] {
  const { scale, zeroCount, zeroThreshold, positive, negative } = histogram;
  const bound = (index: number) => 2 ** (index / 2 ** scale);
  const side = ({ offset, bucketCounts }: Exponential['positive']) =>
    bucketCounts.map((count, index) => ({
      from: bound(offset + index),
      to: bound(offset + index + 1),
      count,
    }));
  const below = side(negative).map(({ from, to, count }) => ({ from: -to, to: -from, count }));
  const zero = zeroCount > 0 ? [{ from: -zeroThreshold, to: zeroThreshold, count: zeroCount }] : [];
  return [...below.toReversed(), ...zero, ...side(positive)].filter(({ count }) => count > 0);
}

/**
 * What a counter of one series counted between two looks at it. A series that began anew in between, which shows when any
 * bucket holds less than before, tells what it counted since; what came between the first look and its end is unknown.
 * Buckets that a native histogram merged meanwhile are not anew.
 */
export function bucketIncrease(before: readonly Bucket[], after: readonly Bucket[]): Bucket[] {
  const held = after.map(() => 0);
  for (const { from, to, count } of before) {
    if (count === 0) continue;
    const at = after.findIndex((bucket) => isAtMost(bucket.from, from) && isAtMost(to, bucket.to));
    if (at < 0) return [...after];
    held[at] = (held[at] ?? 0) + count;
  }
  if (after.some(({ count }, index) => count < (held[index] ?? 0))) return [...after];
  return after.map((bucket, index) => ({ ...bucket, count: bucket.count - (held[index] ?? 0) }));
}

/**
 * Counts in the bins between ascending bounds, exact: null when a bucket lies on both sides of a bound, as those of a
 * coarser histogram do.
 */
export function countsBetween(bounds: readonly number[], buckets: readonly Bucket[]): number[] | null {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const { from, to, count } of buckets) {
    const found = bounds.findIndex((bound) => isAtMost(to, bound));
    const bin = found < 0 ? bounds.length : found;
    if (!isAtMost(bounds[bin - 1] ?? Number.NEGATIVE_INFINITY, from)) return null;
    counts[bin] = (counts[bin] ?? 0) + count;
  }
  return counts;
}

/** Bounds that one octave of an exponential histogram gets at most, as a power of two. */
const finestGrid = 1;
const mostGridBounds = 60;

/** The scale at which all positive buckets are exponential ones; null for buckets with bounds of their own. */
function scaleOf(buckets: readonly Bucket[]): number | null {
  const positive = buckets.filter(({ from, to }) => from > 0 && to < Number.POSITIVE_INFINITY);
  const [first] = positive;
  if (first === undefined || buckets.some(({ to }) => to === Number.POSITIVE_INFINITY)) return null;
  const scale = -Math.round(Math.log2(Math.log2(first.to / first.from)));
  const isOnGrid = (bound: number) =>
    isSame(bound, 2 ** (Math.round(Math.log2(bound) * 2 ** scale) / 2 ** scale));
  const fits = ({ from, to }: Bucket) =>
    isSame(to / from, 2 ** (2 ** -scale)) && isOnGrid(from) && isOnGrid(to);
  return positive.every(fits) ? scale : null;
}

/**
 * Bounds of bins in which a histogram like this one can be counted, at most 199; null for one that tells none yet.
 * Explicit bounds are taken as they are. An exponential one gets two bounds an octave (or its own, where it is coarser) from two octaves below its
 * values to two above: finer buckets add up to these exactly.
 */
export function boundsOfBuckets(buckets: readonly Bucket[]): number[] | null {
  const scale = scaleOf(buckets);
  if (scale === null) {
    const ends = buckets.flatMap(({ from, to }) => [from, to]).filter(Number.isFinite);
    const bounds = [...new Set(ends)].toSorted((left, right) => left - right);
    return bounds.length === 0 || bounds.length > 199 ? null : bounds;
  }
  const positive = buckets.filter(({ from }) => from > 0);
  const low = Math.log2(Math.min(...positive.map(({ from }) => from))) - 2;
  const high = Math.log2(Math.max(...positive.map(({ to }) => to))) + 2;
  let grid = Math.min(scale, finestGrid);
  while ((high - low) * 2 ** grid > mostGridBounds) grid -= 1;
  const perOctave = 2 ** grid;
  const first = Math.floor(low * perOctave + tolerance);
  const last = Math.ceil(high * perOctave - tolerance);
  return Array.from({ length: last - first + 1 }, (_, index) => 2 ** ((first + index) / perOctave));
}
