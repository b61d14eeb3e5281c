/** [instant in Unix ms, value]; null is a gap, never zero. */
export type MetricPoint = readonly [atMs: number, value: number | null];

/** Counts of one revision and interval, as they are stored. */
export type MetricBar = {
  readonly endMs: number;
  readonly intervalMs: number;
  readonly requests: number;
  readonly errors: number;
  /** Requests by upper bound in ms, cumulative, without the last infinite one. */
  readonly buckets: Readonly<Record<string, number>>;
};

export type RevisionSeries = {
  readonly requestsPerSecond: readonly MetricPoint[];
  readonly errorShare: readonly MetricPoint[];
  readonly slowShare: readonly MetricPoint[];
  readonly p95Ms: readonly MetricPoint[];
};

/**
 * The chart series of one revision from its intervals in rising order: a share of no requests is a gap, and so is every
 * stretch without an interval. Each series is capped to `maxPoints` by the least and the greatest of equal stretches.
 */
export function revisionSeries(
  bars: readonly MetricBar[],
  options: { slowerThanMs: number | null; maxPoints: number },
): RevisionSeries {
  const { slowerThanMs, maxPoints } = options;
  const series = (value: (bar: MetricBar) => number | null) => capPoints(withGaps(bars, value), maxPoints);
  return {
    requestsPerSecond: series((bar) => bar.requests / (bar.intervalMs / 1_000)),
    errorShare: series((bar) => (bar.requests === 0 ? null : bar.errors / bar.requests)),
    slowShare: series((bar) => (slowerThanMs === null ? null : slowShareOf(bar, slowerThanMs))),
    p95Ms: series((bar) => quantileMs(bar, 0.95)),
  };
}

/** Puts a null between two intervals that do not touch, so that no line is drawn over missing data. */
function withGaps(bars: readonly MetricBar[], value: (bar: MetricBar) => number | null): MetricPoint[] {
  const points: MetricPoint[] = [];
  let lastEnd: number | null = null;
  for (const bar of bars) {
    const start = bar.endMs - bar.intervalMs;
    if (lastEnd !== null && start > lastEnd + bar.intervalMs / 2) points.push([lastEnd + 1, null]);
    points.push([bar.endMs, value(bar)]);
    lastEnd = bar.endMs;
  }
  return points;
}

/** Share of requests slower than a bound; null without requests or when no bucket ends at the bound. */
export function slowShareOf(bar: MetricBar, slowerThanMs: number): number | null {
  const within = bar.buckets[String(slowerThanMs)];
  return within === undefined || bar.requests === 0 ? null : (bar.requests - within) / bar.requests;
}

/**
 * A quantile of the latency in ms, linear within its bucket as Prometheus' histogram_quantile does; the last finite bound
 * when it lies above, null without requests or buckets.
 */
export function quantileMs(bar: MetricBar, quantile: number): number | null {
  const bounds = Object.entries(bar.buckets)
    .map(([bound, count]) => ({ bound: Number(bound), count }))
    .sort((left, right) => left.bound - right.bound);
  const last = bounds.at(-1);
  if (bar.requests === 0 || last === undefined) return null;
  const rank = quantile * bar.requests;
  let below = { bound: 0, count: 0 };
  for (const upper of bounds) {
    if (upper.count >= rank) {
      const inside = upper.count - below.count;
      const part = inside === 0 ? 1 : (rank - below.count) / inside;
      return below.bound + (upper.bound - below.bound) * part;
    }
    below = upper;
  }
  return last.bound;
}

/** At most `maxPoints` points: of each equal run of points the least and the greatest value in their order, and a gap if it holds one. */
export function capPoints(points: readonly MetricPoint[], maxPoints: number): MetricPoint[] {
  if (points.length <= maxPoints) return [...points];
  const runs = Math.max(1, Math.floor(maxPoints / 3));
  const size = Math.ceil(points.length / runs);
  const capped: MetricPoint[] = [];
  for (let start = 0; start < points.length; start += size)
    capped.push(...extremes(points.slice(start, start + size)));
  return capped;
}

function extremes(run: readonly MetricPoint[]): MetricPoint[] {
  const kept = new Set<MetricPoint>();
  const gap = run.find((point) => point[1] === null);
  if (gap !== undefined) kept.add(gap);
  let least: MetricPoint | null = null;
  let greatest: MetricPoint | null = null;
  for (const point of run) {
    if (point[1] === null) continue;
    if (least === null || point[1] < (least[1] ?? 0)) least = point;
    if (greatest === null || point[1] > (greatest[1] ?? 0)) greatest = point;
  }
  if (least !== null) kept.add(least);
  if (greatest !== null) kept.add(greatest);
  return [...kept].sort((left, right) => left[0] - right[0]);
}
