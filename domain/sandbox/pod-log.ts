import { defaultModelVersionBehaviour, valueAt } from '../sandbox.ts';
import type { ContainerLife } from './container-life.ts';
import { podCounters, type SandboxCounters } from './counters.ts';
import { latencyBoundsMs } from './latency.ts';
import type { SandboxHistory } from './load.ts';
import { isReady, type SandboxPod } from './pod.ts';
import { type RandomKey, randomKey, randomSuffix, randomUnit } from './random.ts';

/** One line that a container wrote, without the time that the node puts before it. */
export type LoggedLine = { readonly atMs: number; readonly text: string };

export type LogSource = {
  readonly history: SandboxHistory;
  readonly pod: SandboxPod;
  readonly life: ContainerLife;
};
type Window = { readonly fromMs: number; readonly toMs: number };

const secondMs = 1_000;
const probeEveryMs = 10_000;
/** Of one second; a busier pod writes no more lines than people could ever read. */
const mostLinesPerSecond = 50;

/** What the model server writes before it listens; one line names a credential, as real ones do. */
function startLines({ pod, life }: LogSource): LoggedLine[] {
  const words = [
    `INFO  server: starting revision r${pod.revisionNumber} on ${pod.node ?? 'an unknown node'}`,
    `INFO  features: connecting to postgres://features:${randomSuffix(pod.name, 16)}@features.internal:5432/online`,
    `INFO  loader: reading the artefact of model version ${pod.modelVersionId}`,
    `INFO  loader: ${pod.gpuCount === 0 ? 'using the CPU' : `using ${pod.gpuCount} GPU`}`,
  ];
  return words.map((text, index) => ({ atMs: life.startMs + 120 + index * 240, text }));
}

function endLines({ life }: LogSource): LoggedLine[] {
  if (life.exitCode === null) return [];
  if (life.exitCode !== 1) return [{ atMs: life.endMs - 50, text: 'INFO  server: told to stop' }];
  const words = [
    'ERROR loader: the artefact cannot be loaded',
    'Traceback (most recent call last):',
    '  File "/srv/server.py", line 88, in load',
    "KeyError: 'encoder.layer.0.attention.weight'",
    'ERROR server: ending with exit code 1',
  ];
  return words.map((text, index) => ({ atMs: life.endMs - 300 + index * 50, text }));
}

/** While it is not ready the server refuses its probe and says so; when it is, it says that once. */
function probeLines({ history, pod, life }: LogSource, { fromMs, toMs }: Window): LoggedLine[] {
  const told = history.modelVersions.get(pod.modelVersionId) ?? [];
  const before = Math.max(1, Math.ceil((fromMs - life.startMs) / probeEveryMs));
  const first = life.startMs + before * probeEveryMs;
  const lines: LoggedLine[] = [];
  for (let atMs = first; atMs < Math.min(toMs, life.endMs); atMs += probeEveryMs) {
    const { fault } = valueAt(told, atMs, defaultModelVersionBehaviour);
    if (fault !== 'crashLoop' && !isReady(pod, told, atMs))
      lines.push({ atMs, text: 'WARN  server: GET /healthz 503: the model is not loaded' });
  }
  return lines;
}

type Second = { readonly requests: number; readonly errors: number; readonly classes: readonly number[] };

type Counted = Pick<SandboxCounters, 'requests' | 'errors' | 'buckets'>;
const nothingCounted: Counted = { requests: 0, errors: 0, buckets: {} };

function secondOf(before: Counted, after: SandboxCounters): Second {
  const within = latencyBoundsMs.map((bound) => (after.buckets[bound] ?? 0) - (before.buckets[bound] ?? 0));
  const requests = after.requests - before.requests;
  const classes = [...within, requests].map((count, index) => count - (within[index - 1] ?? 0));
  return { requests, errors: after.errors - before.errors, classes };
}

/** Latencies of a second's requests, one for each, drawn within their classes. */
function latencies({ classes }: Second, key: RandomKey, second: number): number[] {
  let draw = 0;
  return classes.flatMap((count, index) => {
    const lower = index === 0 ? 2 : (latencyBoundsMs[index - 1] ?? 0);
    const upper = latencyBoundsMs[index] ?? lower * 3;
    return Array.from({ length: count }, () => {
      draw += 1;
      return Math.round(lower + (upper - lower) * randomUnit(key, second, draw));
    });
  });
}

/** The same items in an order of their own, the same each time. */
function shuffled<T>(items: readonly T[], order: (index: number) => number): T[] {
  return items
    .map((item, index) => ({ item, at: order(index) }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item);
}

function requestLines(counted: Second, key: RandomKey, atMs: number): LoggedLine[] {
  const second = Math.floor(atMs / secondMs);
  const draw = (from: number) => (index: number) => randomUnit(key, second, from + index);
  const took = shuffled(latencies(counted, key, second), draw(10_000));
  const failed = new Set(shuffled([...took.keys()], draw(20_000)).slice(0, counted.errors));
  const shown = Math.min(took.length, mostLinesPerSecond);
  return took.slice(0, shown).map((ms, index) => {
    const request = randomSuffix(`${key.high}/${second}/${index}`, 8);
    const text = failed.has(index)
      ? `ERROR http: POST /v1/predict 500 ${ms} ms request=${request} error="upstream features timed out"`
      : `INFO  http: POST /v1/predict 200 ${ms} ms request=${request}`;
    return { atMs: atMs + Math.floor(((index + 0.5) / shown) * secondMs), text };
  });
}

/** One line per request that the pod's counters counted, second by second. */
function servedLines({ history, pod }: LogSource, { fromMs, toMs }: Window): LoggedLine[] {
  const first = Math.floor(fromMs / secondMs) * secondMs;
  const seconds = Array.from(
    { length: Math.ceil((toMs - first) / secondMs) + 1 },
    (_, index) => first + index * secondMs,
  );
  const key = randomKey(`${history.seed}/${pod.name}/log`);
  return podCounters(history, pod.name, seconds).flatMap((counters) =>
    counters.flatMap((after, index) => {
      // A pod counts from zero in the second in which it became ready.
      const before = counters[index - 1] ?? (after.atMs === first ? null : nothingCounted);
      return before === null ? [] : requestLines(secondOf(before, after), key, after.atMs - secondMs);
    }),
  );
}

/**
 * What the serving container of a pod wrote in a window of one run, in order: a pure function of the history and the
 * window, whose request lines are exactly those that its counters count (fifty a second at most).
 */
export function podLogLines(source: LogSource, window: Window): LoggedLine[] {
  const { life } = source;
  const fromMs = Math.max(window.fromMs, life.startMs);
  const toMs = Math.min(window.toMs, life.endMs);
  if (fromMs >= toMs) return [];
  return [
    ...startLines(source),
    ...endLines(source),
    ...probeLines(source, { fromMs, toMs }),
    ...servedLines(source, { fromMs, toMs }),
  ]
    .filter(({ atMs }) => fromMs <= atMs && atMs < toMs)
    .sort((left, right) => left.atMs - right.atMs);
}

const stepMs = 60_000;
const longestLookMs = 600_000;

/** The last lines of a run before an instant, at most so many and from its last ten minutes. */
export function lastLogLines(source: LogSource, untilMs: number, most: number): LoggedLine[] {
  const end = Math.min(untilMs, source.life.endMs);
  const oldest = Math.max(source.life.startMs, end - longestLookMs);
  let lines: LoggedLine[] = [];
  for (let toMs = end; toMs > oldest && lines.length < most; toMs -= stepMs)
    lines = [...podLogLines(source, { fromMs: Math.max(oldest, toMs - stepMs), toMs }), ...lines];
  return most === 0 ? [] : lines.slice(-most);
}
