import { bucketsOfCumulative } from '../../domain/drift/histogram-buckets.ts';
import { type SandboxCounters } from '../../domain/sandbox/counters.ts';
import type { HistogramSample } from './metrics.ts';

/** The one histogram that the sandbox's pods keep: of the duration of their answers, in milliseconds. */
export const sandboxHistogram = 'sandbox_latency_ms';

/** A pod that broke and came back begins anew under its name, as real ones do. */
export function sandboxSamples(counters: readonly SandboxCounters[]): HistogramSample[] {
  return counters.flatMap(({ pod, revisionNumber, atMs, requests, buckets: held }) => {
    const bounds = Object.entries(held).map(([bound, count]): [number, number] => [Number(bound), count]);
    const buckets = bucketsOfCumulative([...bounds, [Number.POSITIVE_INFINITY, requests]]);
    return buckets === null ? [] : [{ series: pod, pod, revisionNumber, atMs, buckets }];
  });
}
