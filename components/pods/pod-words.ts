import type { Pod, PodContainer, Termination } from '../../domain/pod.ts';
import type { Tone } from '../ui/tone.ts';

/** One word or two about a pod, and the sentence behind it when there is one. */
export type PodStanding = { readonly tone: Tone; readonly label: string; readonly detail: string | null };

/** Waiting that is the ordinary way to start. */
const ordinary = new Set(['', 'ContainerCreating', 'PodInitializing']);

const waitingWords: Readonly<Record<string, string>> = {
  CrashLoopBackOff: 'crashing',
  ImagePullBackOff: 'image not pulled',
  ErrImagePull: 'image not pulled',
  InvalidImageName: 'image not pulled',
  CreateContainerConfigError: 'configuration missing',
};

function waitingOf({ containers }: Pod): PodStanding | null {
  for (const { name, state } of containers) {
    if (state.kind !== 'waiting' || ordinary.has(state.reason)) continue;
    const words = state.message === '' ? state.reason : `${state.reason}: ${state.message}`;
    return { tone: 'bad', label: waitingWords[state.reason] ?? 'waiting', detail: `${name}: ${words}` };
  }
  return null;
}

/** What a person would say of a pod: gone soon, crashing, no node, ready, starting. */
export function podStanding(pod: Pod): PodStanding {
  if (pod.deletingAt !== null) return { tone: 'neutral', label: 'ending', detail: pod.problem };
  if (pod.phase === 'Succeeded') return { tone: 'neutral', label: 'done', detail: pod.problem };
  if (pod.phase === 'Failed') return { tone: 'bad', label: 'failed', detail: pod.problem };
  const waiting = waitingOf(pod);
  if (waiting !== null) return waiting;
  if (pod.node === null) return { tone: 'warn', label: 'no node', detail: pod.problem };
  if (pod.ready) return { tone: 'ok', label: 'ready', detail: null };
  if (pod.phase === 'Unknown') return { tone: 'bad', label: 'node is lost', detail: pod.problem };
  const running = pod.containers.filter(({ init }) => !init).every(({ state }) => state.kind === 'running');
  return running
    ? { tone: 'warn', label: 'running, not ready', detail: pod.problem }
    : { tone: 'progress', label: 'starting', detail: pod.problem };
}

/** Why a run ended, as the kubelet knows it: "OOMKilled (exit code 137)". */
export function terminationWords({ reason, exitCode, signal }: Termination): string {
  const by = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
  return reason === '' ? by : `${reason} (${by})`;
}

/** The end that matters most of a pod: the latest of its containers' last ends; null when none ever ended. */
export function latestTermination(
  pod: Pod,
): { readonly container: PodContainer; readonly termination: Termination } | null {
  const ends = pod.containers.flatMap((container) => {
    const { init, state, lastTermination } = container;
    // An init container is meant to end.
    const now =
      state.kind === 'terminated' && !(init && state.termination.exitCode === 0) ? state.termination : null;
    const termination = now ?? lastTermination;
    return termination === null ? [] : [{ container, termination }];
  });
  const finishedAt = ({ termination }: (typeof ends)[number]) => termination.finishedAt ?? '';
  return ends.toSorted((left, right) => finishedAt(right).localeCompare(finishedAt(left)))[0] ?? null;
}

/** Whether there is an earlier run whose log could be read. */
export function hasPrevious({ lastTermination }: Pick<PodContainer, 'lastTermination'>): boolean {
  return lastTermination !== null;
}

/** Pods by revision, newest revision first; those that others made come last. */
export function podsByRevision(pods: readonly Pod[]): { number: number | null; pods: Pod[] }[] {
  const groups = new Map<number | null, Pod[]>();
  for (const pod of pods) groups.set(pod.revisionNumber, [...(groups.get(pod.revisionNumber) ?? []), pod]);
  return [...groups]
    .map(([number, members]) => ({
      number,
      pods: members.toSorted((left, right) => left.name.localeCompare(right.name)),
    }))
    .sort((left, right) => (right.number ?? -1) - (left.number ?? -1));
}
