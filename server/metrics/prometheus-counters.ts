import { byBound } from '../../domain/by-bound.ts';
import { type MetricProfile, revisionReader } from '../../domain/metric-profile.ts';
import type { PodWork } from '../../domain/unit-cost/pod-work.ts';
import type { CountedWorkload, CounterRequest, CounterSample } from './metrics.ts';
import type { Series } from './prometheus-api.ts';
import { type MetricScope, workNames } from './prometheus-text.ts';

type Answers = {
  readonly requests: readonly Series[];
  readonly errors: readonly Series[];
  readonly buckets: readonly Series[];
  readonly work: readonly Series[];
};

type Place = { readonly pod: string; readonly revisionNumber: number };
const unreadable = Symbol('unreadable');
type Value = number | typeof unreadable;

type PlaceOf = (series: Series) => Place | null;

function placeReader(profile: MetricProfile, scope: MetricScope, workload?: CountedWorkload): PlaceOf {
  if (workload !== undefined)
    return ({ labels }) => {
      const pod = labels[profile.podLabel] ?? '';
      return pod === '' ? null : { pod, revisionNumber: workload.revisionNumber };
    };
  const read = revisionReader(profile.revisionPattern, {
    service: scope.serviceName,
    namespace: scope.namespace,
  });
  return ({ labels }) => {
    const pod = labels[profile.podLabel] ?? '';
    const revisionNumber = read(labels[profile.revisionLabel] ?? '');
    return pod === '' || revisionNumber === null ? null : { pod, revisionNumber };
  };
}

function keyOf(place: Place, atMs: number): string {
  return `${place.revisionNumber} ${place.pod} ${atMs}`;
}

function valueOf(text: string): Value {
  const value = Number(text.replace(/Inf$/, 'Infinity'));
  return Number.isFinite(value) ? value : unreadable;
}

/** Upper bound of a bucket in ms, without the noise of 0.005 × 1000; null for +Inf and for what is no number. */
export function boundMs(le: string | undefined, unit: MetricProfile['durationUnit']): number | null {
  const bound = Number(le ?? '');
  if (le === undefined || le === '' || !Number.isFinite(bound)) return null;
  return unit === 'milliseconds' ? bound : Number((bound * 1000).toPrecision(12));
}

type Read = { place: Place; atMs: number; value: Value };

function added(left: Value | undefined, right: Value): Value {
  if (left === undefined) return right;
  return left === unreadable || right === unreadable ? unreadable : left + right;
}

/**
 * Values by pod, revision and instant, for the asked instants only. Series that differ in the name that holds the
 * revision, such as two routes to one backend, are counted together.
 */
function valuesByKey(series: readonly Series[], placeOf: PlaceOf, wanted: ReadonlySet<number>) {
  const values = new Map<string, Read>();
  for (const one of series) {
    const place = placeOf(one);
    if (place === null) continue;
    for (const [seconds, text] of one.points) {
      const atMs = Math.round(seconds * 1000);
      if (!wanted.has(atMs)) continue;
      const key = keyOf(place, atMs);
      values.set(key, { place, atMs, value: added(values.get(key)?.value, valueOf(text)) });
    }
  }
  return values;
}

function bucketsByKey(
  series: readonly Series[],
  read: { placeOf: PlaceOf; unit: MetricProfile['durationUnit'] },
  wanted: ReadonlySet<number>,
) {
  const buckets = new Map<string, Map<number, Value>>();
  for (const one of series) {
    const bound = boundMs(one.labels.le, read.unit);
    if (bound === null) continue;
    for (const [key, { value }] of valuesByKey([one], read.placeOf, wanted)) {
      const present = buckets.get(key) ?? new Map<number, Value>();
      buckets.set(key, present.set(bound, added(present.get(bound), value)));
    }
  }
  return buckets;
}

/** What pods expose of their work by pod, revision and instant; a figure that is no number is left out. */
function workByKey(
  series: readonly Series[],
  read: { placeOf: PlaceOf; profile: MetricProfile },
  wanted: ReadonlySet<number>,
): Map<string, PodWork> {
  const works = new Map<string, PodWork>();
  for (const [name, figure] of workNames(read.profile)) {
    const own = series.filter(({ labels }) => labels['__name__'] === name);
    for (const [key, { value }] of valuesByKey(own, read.placeOf, wanted))
      if (value !== unreadable) works.set(key, { ...works.get(key), [figure]: value });
  }
  return works;
}

/**
 * One sample per pod and boundary at which its request counter was read. Errors are 0 while the pod has requests but no
 * error series yet. A pod's boundary at which anything is not a finite number is left out: missing is a gap, not zero.
 */
export function counterSamples(
  answers: Answers,
  profile: MetricProfile,
  {
    scope,
    boundaries,
    workload,
  }: Pick<CounterRequest, 'boundaries' | 'workload'> & {
    readonly scope: MetricScope;
  },
): CounterSample[] {
  const wanted = new Set(boundaries.map((boundary) => boundary.getTime()));
  const placeOf = placeReader(profile, scope, workload);
  const errors = valuesByKey(answers.errors, placeOf, wanted);
  const buckets = bucketsByKey(answers.buckets, { placeOf, unit: profile.durationUnit }, wanted);
  const works = workByKey(answers.work, { placeOf, profile }, wanted);
  const samples: CounterSample[] = [];
  for (const [key, { place, atMs, value }] of valuesByKey(answers.requests, placeOf, wanted)) {
    const errorCount = errors.get(key)?.value ?? 0;
    const bounds = [...(buckets.get(key) ?? [])];
    if (value === unreadable || errorCount === unreadable) continue;
    const readable = bounds.filter((entry): entry is [number, number] => entry[1] !== unreadable);
    if (readable.length !== bounds.length) continue;
    const work = works.get(key);
    samples.push({
      ...place,
      ...(work === undefined ? {} : { work }),
      at: new Date(atMs),
      requests: value,
      errors: errorCount,
      buckets: byBound(readable),
    });
  }
  return samples.sort(
    (left, right) => left.at.getTime() - right.at.getTime() || (left.pod < right.pod ? -1 : 1),
  );
}
