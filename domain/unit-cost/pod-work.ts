import { counterIncrease } from './counter-increase.ts';

/** Raw counters of a pod's work, cumulative; seconds are sums over requests. */
type WorkCounter =
  | 'promptTokens'
  | 'generatedTokens'
  | 'cachedTokens'
  | 'runningSeconds'
  | 'prefillSeconds'
  | 'decodeSeconds';

/** What a pod exposes of its work at one moment, beside its requests; `running` are the requests that it works on just then. */
export type PodWork = Readonly<Partial<Record<WorkCounter | 'running', number>>>;

/** Work of a revision's pods in one interval; null for what not every one of them exposes. */
export type IntervalWork = {
  readonly promptTokens: number | null;
  readonly generatedTokens: number | null;
  readonly cachedTokens: number | null;
  readonly runningMs: number | null;
  readonly prefillMs: number | null;
  readonly decodeMs: number | null;
  /** Requests under way at the end of the interval, over all pods, and how many pods had any. */
  readonly runningRequests: number | null;
  readonly busyPods: number | null;
};

const noWork: IntervalWork = {
  promptTokens: null,
  generatedTokens: null,
  cachedTokens: null,
  runningMs: null,
  prefillMs: null,
  decodeMs: null,
  runningRequests: null,
  busyPods: null,
};

export type PodReading = { readonly pod: string; readonly work?: PodWork | undefined };

/**
 * Work of a revision between two readings of the same pods. A figure is null, never a part of it, when one pod does not
 * expose it at both ends; a counter that fell counts nothing.
 */
export function intervalWork(from: readonly PodReading[], to: readonly PodReading[]): IntervalWork {
  if (to.length === 0 || to.some(({ work }) => work === undefined)) return noWork;
  const grown = (name: WorkCounter, factor: number): number | null => {
    const readings = [from, to].flatMap((pods, atMs) =>
      pods.map(({ pod, work }) => ({ pod, atMs, value: work?.[name] ?? Number.NaN })),
    );
    if (readings.some(({ value }) => !Number.isFinite(value))) return null;
    return Math.round(counterIncrease(readings) * factor);
  };
  const running = to.map(({ work }) => work?.running ?? Number.NaN);
  const isKnown = running.every((count) => Number.isFinite(count));
  return {
    promptTokens: grown('promptTokens', 1),
    generatedTokens: grown('generatedTokens', 1),
    cachedTokens: grown('cachedTokens', 1),
    runningMs: grown('runningSeconds', 1_000),
    prefillMs: grown('prefillSeconds', 1_000),
    decodeMs: grown('decodeSeconds', 1_000),
    runningRequests: isKnown ? Math.round(running.reduce((left, right) => left + right, 0)) : null,
    busyPods: isKnown ? running.filter((count) => count > 0).length : null,
  };
}
