import type { PodBucket } from './facts.ts';
import type { ObservedPod } from './observed.ts';

/** One thing that is known of a pod's life, in Unix milliseconds. `observed`: by the clock at receipt, not by the API. */
export type PodMark =
  | { readonly kind: 'bound' | 'drain'; readonly atMs: number }
  | { readonly kind: 'ready'; readonly atMs: number; readonly ready: boolean; readonly version: number }
  | { readonly kind: 'start'; readonly atMs: number; readonly container: string }
  | {
      readonly kind: 'finish';
      readonly atMs: number;
      readonly container: string;
      readonly startMs: number;
      /** The kubelet starts it again. */
      readonly again: boolean;
    }
  | {
      readonly kind: 'end';
      readonly atMs: number;
      readonly observed: boolean;
      readonly estimated: boolean;
    };

/** Marks by what they are about; more of the same observations add nothing. */
export type PodMarks = ReadonlyMap<string, PodMark>;

function keyOf(mark: PodMark): string {
  switch (mark.kind) {
    case 'bound':
    case 'drain':
      return mark.kind;
    case 'end':
      return `end/${mark.observed}/${mark.estimated}`;
    case 'ready':
      return `ready/${mark.atMs}`;
    case 'start':
      return `start/${mark.container}/${mark.atMs}`;
    case 'finish':
      return `finish/${mark.container}/${mark.startMs}`;
  }
}

/** Of two marks about the same thing the earlier one stands; of two of the same instant the one of the later version. */
function stands(left: PodMark, right: PodMark): PodMark {
  if (left.atMs !== right.atMs) return left.atMs < right.atMs ? left : right;
  if (left.kind === 'ready' && right.kind === 'ready') {
    if (left.version !== right.version) return left.version > right.version ? left : right;
    return left.ready ? left : right;
  }
  if (left.kind === 'finish' && right.kind === 'finish') return left.again ? left : right;
  return left;
}

/** Both together: whatever the order and however often the same is added, the result is the same. */
export function withMarks(marks: PodMarks, added: Iterable<PodMark>): PodMarks {
  const all = new Map(marks);
  for (const mark of added) {
    const key = keyOf(mark);
    const present = all.get(key);
    all.set(key, present === undefined ? mark : stands(present, mark));
  }
  return all;
}

/** GPU containers of a pod, or all of its app containers where none asks for a GPU by itself. */
function measured(pod: ObservedPod) {
  const gpu = pod.containers.filter(({ holdsGpu }) => holdsGpu);
  return gpu.length > 0 ? gpu : pod.containers;
}

/** The last moment at which a container of the pod ended; null unless all that started have ended. */
function lastFinishMs(pod: ObservedPod): number | null {
  const lives = pod.containers.flatMap((container) => container.lives);
  if (lives.length === 0 || lives.some(({ finishedAt }) => finishedAt === null)) return null;
  return Math.max(...lives.map(({ finishedAt }) => finishedAt?.getTime() ?? 0));
}

/** A pod that its node refused never ran a container: it held nothing after that. */
function refusedMs(pod: ObservedPod): number | null {
  if (!pod.ended || pod.containers.some(({ lives }) => lives.length > 0)) return null;
  return pod.readiness?.ready === false ? pod.readiness.at.getTime() : boundMs(pod);
}

function boundMs(pod: ObservedPod): number | null {
  if (pod.nodeName === null) return null;
  return (pod.scheduledAt ?? pod.createdAt).getTime();
}

function drainMs({ deletion }: ObservedPod): number | null {
  return deletion === null ? null : deletion.at.getTime() - deletion.graceSeconds * 1_000;
}

/** What one look at a pod tells. `goneMs`: the object was gone at that receipt, and this is what was last seen of it. */
export function marksOf(
  pod: ObservedPod,
  { seenMs, gone = false }: { seenMs: number; gone?: boolean },
): PodMark[] {
  const marks: PodMark[] = [];
  const bound = boundMs(pod);
  if (bound === null) return marks;
  marks.push({ kind: 'bound', atMs: bound });
  const drain = drainMs(pod);
  if (drain !== null) marks.push({ kind: 'drain', atMs: drain });
  if (pod.readiness !== null)
    marks.push({
      kind: 'ready',
      atMs: pod.readiness.at.getTime(),
      ready: pod.readiness.ready,
      version: pod.version,
    });
  for (const { name: container, lives } of measured(pod))
    for (const { startedAt, finishedAt, again } of lives) {
      const startMs = startedAt.getTime();
      marks.push({ kind: 'start', atMs: startMs, container });
      if (finishedAt !== null)
        marks.push({ kind: 'finish', atMs: finishedAt.getTime(), container, startMs, again });
    }
  if (pod.ended || gone) marks.push(endOf(pod, seenMs));
  return marks;
}

/** The end by the last `finishedAt`, else by the earlier of receipt and deletionTimestamp. */
function endOf(pod: ObservedPod, seenMs: number): PodMark {
  const finished = lastFinishMs(pod) ?? refusedMs(pod);
  if (finished !== null) return { kind: 'end', atMs: finished, observed: false, estimated: false };
  const atMs = Math.min(seenMs, pod.deletion?.at.getTime() ?? seenMs);
  return { kind: 'end', atMs, observed: true, estimated: false };
}

/**
 * Marks that stand for a stored interval which was open when the watch was lost, so that a pod which was serving goes on
 * serving until its status says when it stopped. A run that the status still tells of needs no such mark.
 */
export function marksOfOpen(
  pod: ObservedPod,
  { bucket, fromMs }: { bucket: PodBucket; fromMs: number },
): PodMark[] {
  const untold = measured(pod).filter(({ lives }) =>
    lives.every(({ startedAt }) => startedAt.getTime() > fromMs),
  );
  const started = untold.map(({ name }): PodMark => ({ kind: 'start', atMs: fromMs, container: name }));
  const ready = (isReady: boolean, atMs: number): PodMark => ({
    kind: 'ready',
    atMs,
    ready: isReady,
    version: 0,
  });
  switch (bucket) {
    case 'serving':
      return [...started, ready(true, fromMs)];
    case 'unready':
      return [...started, ready(true, fromMs - 1), ready(false, fromMs)];
    case 'drain':
      return [{ kind: 'drain', atMs: fromMs }];
    case 'warmup':
      return started;
    case 'crashloopHold': {
      const again = { kind: 'finish', atMs: fromMs, startMs: fromMs, again: true } as const;
      return [...started, ...untold.map(({ name }) => ({ ...again, container: name }))];
    }
    case 'startupHold':
    case 'nodeLost':
    case 'system':
      return [];
  }
}
