import type { ArmCounts } from './e-process.ts';

export type Arm = 'canary' | 'stable';

/**
 * Raw counters of one pod at one aligned boundary: all requests and a part of them. Whoever reads them gives a part of
 * 0 for a labelled child (such as code="500") that its client has not yet created while the pod's total is there.
 */
export type CounterSample = {
  readonly boundaryMs: number;
  readonly pod: string;
  readonly arm: Arm;
  readonly total: number;
  readonly part: number;
};

export type CounterSeries = {
  /** Ascending, in Unix milliseconds; each neighbouring pair is one interval. */
  readonly boundariesMs: readonly number[];
  readonly samples: readonly CounterSample[];
  /** `bad`: the part counts errors. `good`: the part is a histogram's count_le, so bad = slower than that boundary. */
  readonly partIs: 'bad' | 'good';
};

/** Requests and bad requests of one pod in one interval. */
type PodDelta = { readonly pod: string; readonly arm: Arm; readonly n: number; readonly x: number };

/** Why an interval counts for neither arm; `pod` names the series, when one is to blame. */
type Dropped = {
  readonly reason:
    | 'noSamples'
    | 'seriesBorn'
    | 'seriesVanished'
    | 'reset'
    | 'notInteger'
    | 'inconsistent'
    | 'noCanary'
    | 'noStable';
  readonly pod: string | null;
};

type Span = { readonly startMs: number; readonly endMs: number };
export type PodInterval = Span &
  (
    | { readonly kind: 'counted'; readonly pods: readonly PodDelta[] }
    | { readonly kind: 'dropped'; readonly dropped: Dropped }
  );
export type ArmInterval = Span &
  (
    | { readonly kind: 'counted'; readonly counts: ArmCounts; readonly pods: readonly PodDelta[] }
    | { readonly kind: 'dropped'; readonly dropped: Dropped }
  );

type Boundary = ReadonlyMap<string, CounterSample>;

function byBoundary({ boundariesMs, samples }: CounterSeries): Map<number, Map<string, CounterSample>> {
  const boundaries = new Map<number, Map<string, CounterSample>>();
  for (const [index, boundary] of boundariesMs.entries()) {
    if (index > 0 && !(boundary > (boundariesMs[index - 1] ?? Number.NaN))) {
      throw new RangeError('Interval boundaries must be given in ascending order.');
    }
    boundaries.set(boundary, new Map());
  }
  for (const sample of samples) {
    const series = `${sample.arm} ${sample.pod}`;
    const boundary = boundaries.get(sample.boundaryMs);
    if (boundary === undefined) throw new RangeError(`A sample of ${series} lies on no interval boundary.`);
    if (boundary.has(series))
      throw new RangeError(`There are two samples of ${series} at the same boundary.`);
    boundary.set(series, sample);
  }
  return boundaries;
}

function podDelta(
  from: CounterSample,
  to: CounterSample,
  partIs: CounterSeries['partIs'],
): PodDelta | Dropped {
  const n = to.total - from.total;
  const part = to.part - from.part;
  const drop = (reason: Dropped['reason']): Dropped => ({ reason, pod: to.pod });
  if (![from.total, from.part, to.total, to.part].every(Number.isSafeInteger)) return drop('notInteger');
  if (n < 0 || part < 0) return drop('reset');
  if (part > n) return drop('inconsistent');
  return { pod: to.pod, arm: to.arm, n, x: partIs === 'bad' ? part : n - part };
}

/** Deltas of all pods between two boundaries, or the first reason to drop the interval. */
function deltasBetween(from: Boundary, to: Boundary, partIs: CounterSeries['partIs']): PodDelta[] | Dropped {
  if (from.size === 0 || to.size === 0) return { reason: 'noSamples', pod: null };
  for (const [series, { pod }] of from) if (!to.has(series)) return { reason: 'seriesVanished', pod };
  const deltas: PodDelta[] = [];
  for (const [series, sample] of to) {
    const before = from.get(series);
    if (before === undefined) return { reason: 'seriesBorn', pod: sample.pod };
    const delta = podDelta(before, sample, partIs);
    if ('reason' in delta) return delta;
    deltas.push(delta);
  }
  return deltas;
}

/**
 * Integer increments per pod between neighbouring boundaries, never rates; works for one arm too (stable's history for
 * `dispersion`). An interval is dropped as a whole when any series of either arm is born, vanishes, falls (a reset),
 * is no whole number or has more in the part than in the total. Empty case: fewer than two boundaries gives none.
 * Throws RangeError for boundaries out of order, a sample off the boundaries or a duplicate. Source: design §6.
 */
export function podIntervals(series: CounterSeries): PodInterval[] {
  const boundaries = byBoundary(series);
  const intervals: PodInterval[] = [];
  for (const [index, endMs] of series.boundariesMs.entries()) {
    const startMs = series.boundariesMs[index - 1];
    const from = startMs === undefined ? undefined : boundaries.get(startMs);
    const to = boundaries.get(endMs);
    if (startMs === undefined || from === undefined || to === undefined) continue;
    const deltas = deltasBetween(from, to, series.partIs);
    intervals.push(
      Array.isArray(deltas)
        ? { startMs, endMs, kind: 'counted', pods: deltas }
        : { startMs, endMs, kind: 'dropped', dropped: deltas },
    );
  }
  return intervals;
}

function sumArm(pods: readonly PodDelta[], arm: Arm): { n: number; x: number; pods: number } {
  const sum = { n: 0, x: 0, pods: 0 };
  for (const pod of pods) {
    if (pod.arm !== arm) continue;
    sum.n += pod.n;
    sum.x += pod.x;
    sum.pods += 1;
  }
  return sum;
}

/**
 * The four counts of every interval of a canary and its stable, with the pods they came from (a fail that rests on one
 * pod of several is said so); as podIntervals, and an interval without a pod of each arm is dropped too. An interval in
 * which both arms had pods but no requests is counted, with zeros.
 */
export function armIntervals(series: CounterSeries): ArmInterval[] {
  return podIntervals(series).map((interval): ArmInterval => {
    if (interval.kind === 'dropped') return interval;
    const { startMs, endMs, pods } = interval;
    const canary = sumArm(pods, 'canary');
    const stable = sumArm(pods, 'stable');
    if (canary.pods === 0)
      return { startMs, endMs, kind: 'dropped', dropped: { reason: 'noCanary', pod: null } };
    if (stable.pods === 0)
      return { startMs, endMs, kind: 'dropped', dropped: { reason: 'noStable', pod: null } };
    const counts = { nCanary: canary.n, nStable: stable.n, xCanary: canary.x, xStable: stable.x };
    return { startMs, endMs, kind: 'counted', counts, pods };
  });
}
