import { byBound } from '../by-bound.ts';
import { defaultModelVersionBehaviour, valueAt } from '../sandbox.ts';
import type { PodWork } from '../unit-cost/pod-work.ts';
import { eventsBefore } from './counting-process.ts';
import { latencyBoundsMs } from './latency.ts';
import { expectedAt, type PodLoad, podLoads, type SandboxHistory } from './load.ts';
import { randomKey } from './random.ts';
import { sandboxWork } from './work.ts';

/** Raw cumulative counters of one pod at one instant, since the pod became ready. */
export type SandboxCounters = {
  readonly pod: string;
  readonly revisionNumber: number;
  readonly atMs: number;
  readonly requests: number;
  readonly errors: number;
  /** Requests at most as slow as each bound, cumulative over the bounds. */
  readonly buckets: Readonly<Record<number, number>>;
  /** Only of a server of language models. */
  readonly work?: PodWork;
};

const classes = latencyBoundsMs.length + 1;

function counted(events: readonly number[]): Pick<SandboxCounters, 'requests' | 'errors' | 'buckets'> {
  let within = 0;
  const buckets = latencyBoundsMs.map((bound, index) => {
    within += (events[index] ?? 0) + (events[index + classes] ?? 0);
    return [bound, within] as const;
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return { requests: sum(events), errors: sum(events.slice(classes)), buckets: byBound(buckets) };
}

const lookBackMs = 1_000;

/** Requests that were expected in the last second, by outcome. */
function lastSecond(load: PodLoad, atMs: number, expected: readonly number[]): number[] {
  const fromMs = Math.max(load.stay.startMs, atMs - lookBackMs);
  const before = expectedAt(load, fromMs);
  const seconds = (atMs - fromMs) / 1_000;
  return expected.map((count, outcome) => (seconds > 0 ? (count - (before?.[outcome] ?? 0)) / seconds : 0));
}

function countersOf(
  load: PodLoad,
  history: SandboxHistory,
  instantsMs: readonly number[],
): SandboxCounters[] {
  const { pod, life, startMs } = load.stay;
  const scope = scopeOf(history);
  // A pod keeps the model that it began with, so its counters never fall.
  const told = history.modelVersions.get(pod.modelVersionId) ?? [];
  const { tokens } = valueAt(told, startMs, defaultModelVersionBehaviour);
  const key = randomKey(`${scope}/${pod.name}/${life}/running`);
  const instants = instantsMs.flatMap((atMs) => {
    const expected = expectedAt(load, atMs);
    return expected === null ? [] : [{ atMs, expected }];
  });
  const byOutcome = Array.from({ length: classes * 2 }, (_, outcome) =>
    eventsBefore(
      randomKey(`${scope}/${pod.name}/${life}/${outcome}`),
      instants.map(({ expected }) => expected[outcome] ?? 0),
    ),
  );
  return instants.map(({ atMs, expected }, index) => {
    const events = byOutcome.map((counts) => counts[index] ?? 0);
    return {
      pod: pod.name,
      revisionNumber: pod.revisionNumber,
      atMs,
      ...counted(events),
      ...(tokens === undefined
        ? {}
        : {
            work: sandboxWork({
              tokens,
              byOutcome: events,
              perSecond: lastSecond(load, atMs, expected),
              key,
              atMs,
            }),
          }),
    };
  });
}

/**
 * The counters of every pod that was ready at each of the given instants (ascending, Unix milliseconds): independent
 * Poisson processes by outcome whose rates follow weights and behaviour, a pure function of the history and the
 * instants. Empty when no pod was ready; a pod that broke and came back starts again from zero.
 */
export function sandboxCounters(history: SandboxHistory, instantsMs: readonly number[]): SandboxCounters[] {
  return podLoads(history, instantsMs).flatMap((load) => countersOf(load, history, instantsMs));
}

const scopeOf = ({ seed, namespace }: SandboxHistory): string => `${seed}/${namespace}`;

/** The same numbers for one pod only, by its lives: a pod that broke and came back has one list for each. */
export function podCounters(
  history: SandboxHistory,
  pod: string,
  instantsMs: readonly number[],
): SandboxCounters[][] {
  return podLoads(history, instantsMs)
    .filter(({ stay }) => stay.pod.name === pod)
    .map((load) => countersOf(load, history, instantsMs));
}
