import { type Bucket, bucketsOfCumulative } from '../../domain/drift/histogram-buckets.ts';
import { revisionReader } from '../../domain/metric-profile.ts';
import type { HistogramSource } from '../../domain/prometheus-source.ts';
import { digestOf } from '../digest.ts';
import type { HistogramRequest, HistogramSample } from './metrics.ts';
import type { NativeHistogram, Series } from './prometheus-api.ts';
import { type MetricScope, matcher, selection } from './prometheus-text.ts';

/** Selects raw series: no sum, or the restart of one would hide in the others, and no increase(), which extrapolates. */
export function histogramQuery(source: HistogramSource, { namespace }: MetricScope): string {
  const { metric, form, matchers, podLabel, namespaceLabel } = source;
  return selection(form === 'classic' ? `${metric}_bucket` : metric, [
    ...(namespaceLabel === null ? [] : [matcher(namespaceLabel, '=', namespace)]),
    ...matchers.map(({ label, operator, value }) => matcher(label, operator, value)),
    matcher(podLabel, '!=', ''),
  ]);
}

function number(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.replace(/Inf$/, 'Infinity'));
}

/** What tells one histogram from the next: all labels but the bound. */
function seriesOf(labels: Series['labels']): string {
  const own = Object.entries(labels).filter(([name]) => name !== 'le' && name !== '__name__');
  return digestOf(Object.fromEntries(own)).slice(-32);
}

type Look = { readonly labels: Series['labels']; readonly atMs: number; readonly buckets: Bucket[] };

/** A look at which any counter is no whole number, or that was taken while the counters were written, is left out. */
function classicLooks(all: readonly Series[], wanted: ReadonlySet<number>): Look[] {
  return [...Map.groupBy(all, ({ labels }) => seriesOf(labels)).values()].flatMap((own) => {
    const counters = new Map<number, [number, number][]>();
    for (const { labels, points } of own)
      for (const [seconds, text] of points) {
        const atMs = Math.round(seconds * 1_000);
        if (!wanted.has(atMs)) continue;
        counters.set(atMs, [...(counters.get(atMs) ?? []), [number(labels.le ?? ''), number(text)]]);
      }
    return [...counters].flatMap(([atMs, held]) => {
      const buckets = bucketsOfCumulative(held);
      return buckets === null ? [] : [{ labels: own[0]?.labels ?? {}, atMs, buckets }];
    });
  });
}

/** The empty ones are left out by Prometheus. Null for a histogram of fractions, as rate() makes them. */
function nativeBuckets({ buckets = [] }: NativeHistogram): Bucket[] | null {
  const found = buckets.map(([, from, to, count]) => ({
    from: number(from),
    to: number(to),
    count: number(count),
  }));
  const isWhole = found.every(
    ({ from, to, count }) => Number.isSafeInteger(count) && count >= 0 && from <= to,
  );
  return isWhole ? found : null;
}

function nativeLooks(all: readonly Series[], wanted: ReadonlySet<number>): Look[] {
  return all.flatMap(({ labels, histograms = [] }) =>
    histograms.flatMap(([seconds, histogram]) => {
      const atMs = Math.round(seconds * 1_000);
      const buckets = wanted.has(atMs) ? nativeBuckets(histogram) : null;
      return buckets === null ? [] : [{ labels, atMs, buckets }];
    }),
  );
}

/** Looks at the histograms of a source by pod and instant, for the asked instants only; in the order of time. */
export function histogramSamples(
  all: readonly Series[],
  { source, scope, boundaries }: HistogramRequest,
): HistogramSample[] {
  const wanted = new Set(boundaries.map((boundary) => boundary.getTime()));
  const { form, podLabel, revision } = source;
  const read =
    revision === null
      ? null
      : revisionReader(revision.pattern, { service: scope.serviceName, namespace: scope.namespace });
  const looks = form === 'classic' ? classicLooks(all, wanted) : nativeLooks(all, wanted);
  return looks
    .map(({ labels, atMs, buckets }) => ({
      series: seriesOf(labels),
      pod: labels[podLabel] ?? '',
      revisionNumber:
        read === null || revision === null
          ? null
          : (read(labels[revision.label] ?? '') ?? ('other' as const)),
      atMs,
      buckets,
    }))
    .toSorted((left, right) => left.atMs - right.atMs || (left.series < right.series ? -1 : 1));
}
