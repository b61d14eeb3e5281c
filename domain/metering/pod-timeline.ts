import type { PodBucket } from './facts.ts';
import type { PodMark, PodMarks } from './pod-marks.ts';

/** A span in Unix milliseconds; `toMs` null while it lasts. */
export type OpenSpan = { readonly fromMs: number; readonly toMs: number | null };

/** A pod in one bucket. `observed`: one of its ends is a receipt; `estimated`: one of them is a guess. */
export type Stretch = OpenSpan & {
  readonly bucket: PodBucket;
  readonly observed: boolean;
  readonly estimated: boolean;
};

type Of<Kind extends PodMark['kind']> = Extract<PodMark, { kind: Kind }>;
type Life = { readonly fromMs: number; readonly toMs: number; readonly again: boolean };

type Reading = {
  readonly boundMs: number;
  readonly drainMs: number;
  readonly end: Of<'end'> | null;
  readonly readiness: readonly Of<'ready'>[];
  readonly lives: readonly (readonly Life[])[];
};

/** A life whose end nobody saw ends at the latest where the next one of its container begins. */
function livesOf(marks: readonly PodMark[], boundMs: number): Life[][] {
  const byContainer = Map.groupBy(
    marks.filter((mark) => mark.kind === 'start'),
    ({ container }) => container,
  );
  return [...byContainer].map(([container, starts]) => {
    const finishes = new Map<number, Of<'finish'>>();
    for (const mark of marks)
      if (mark.kind === 'finish' && mark.container === container) finishes.set(mark.startMs, mark);
    const rising = starts.map(({ atMs }) => atMs).toSorted((left, right) => left - right);
    return rising.map((startMs, index) => {
      const finish = finishes.get(startMs);
      const nextMs = rising[index + 1] ?? Number.POSITIVE_INFINITY;
      const fromMs = Math.max(startMs, boundMs);
      const toMs = Math.max(fromMs, Math.min(nextMs, finish?.atMs ?? nextMs));
      return { fromMs, toMs, again: (finish?.again ?? true) || nextMs < Number.POSITIVE_INFINITY };
    });
  });
}

function read(marks: PodMarks): Reading | null {
  const all = [...marks.values()];
  const bound = all.find((mark) => mark.kind === 'bound');
  if (bound === undefined) return null;
  const boundMs = bound.atMs;
  const ends = all.filter((mark) => mark.kind === 'end');
  const end =
    ends.find(({ observed, estimated }) => !observed && !estimated) ??
    ends.find(({ estimated }) => !estimated) ??
    ends[0] ??
    null;
  const drain = all.find((mark) => mark.kind === 'drain');
  return {
    boundMs,
    drainMs: Math.max(boundMs, drain?.atMs ?? Number.POSITIVE_INFINITY),
    end: end === null ? null : { ...end, atMs: Math.max(boundMs, end.atMs) },
    readiness: all.filter((mark) => mark.kind === 'ready').toSorted((left, right) => left.atMs - right.atMs),
    lives: livesOf(all, boundMs),
  };
}

function covers({ fromMs, toMs }: OpenSpan, atMs: number): boolean {
  return fromMs <= atMs && (toMs === null || atMs < toMs);
}

/** The life that runs or ran last at an instant. */
function lifeAt(lives: readonly Life[], atMs: number): Life | undefined {
  return lives.findLast(({ fromMs }) => fromMs <= atMs);
}

function bucketAt(of: Reading, atMs: number): PodBucket {
  if (of.drainMs <= atMs) return 'drain';
  const lives = of.lives.map((each) => lifeAt(each, atMs));
  if (lives.some((life) => life !== undefined && life.toMs <= atMs && life.again)) return 'crashloopHold';
  const startedMs = Math.max(...lives.map((life) => life?.fromMs ?? Number.NEGATIVE_INFINITY));
  if (startedMs === Number.NEGATIVE_INFINITY) return 'startupHold';
  const latest = of.readiness.findLast((mark) => mark.atMs <= atMs);
  // A container that was started again must be found ready again.
  if (latest?.ready === true && Math.max(latest.atMs, of.boundMs) >= startedMs) return 'serving';
  const firstMs = Math.min(...of.lives.map(([first]) => first?.fromMs ?? Number.POSITIVE_INFINITY));
  // What stops being ready after it has started had been ready, even if nobody saw that.
  const wasReady = of.readiness.some((mark) => mark.atMs <= atMs && (mark.ready || mark.atMs > firstMs));
  return wasReady ? 'unready' : 'warmup';
}

/** Neighbours of the same bucket become one. */
function merged(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const stretch of stretches) {
    const last = all.at(-1);
    if (last?.bucket === stretch.bucket && last.toMs === stretch.fromMs)
      all[all.length - 1] = {
        ...last,
        toMs: stretch.toMs,
        observed: last.observed || stretch.observed,
        estimated: last.estimated || stretch.estimated,
      };
    else all.push(stretch);
  }
  return all;
}

type Around = {
  /** Pods of the cluster itself are in no other bucket. */
  readonly system: boolean;
  /** When the pod's node did not answer, rising. */
  readonly lost: readonly OpenSpan[];
};

/**
 * The buckets of a pod from its binding to its end, without gaps, one at a time: node lost over drain over crash loop over
 * start-up over warm-up over serving; a pod that was ready and is not is unready. Empty for a pod without a node. Stamps that
 * contradict each other are clamped to be monotone. Timings are those of the reference's §2.2.
 */
export function podStretches(marks: PodMarks, { system, lost }: Around): Stretch[] {
  const of = read(marks);
  if (of === null) return [];
  const { boundMs, end } = of;
  const endMs = end?.atMs ?? Number.POSITIVE_INFINITY;
  const within = (atMs: number): boolean => atMs > boundMs && atMs < endMs;
  const edges = [
    of.drainMs,
    ...of.lives.flat().flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    ...of.readiness.map(({ atMs }) => atMs),
    ...lost.flatMap(({ fromMs, toMs }) => [fromMs, toMs ?? Number.POSITIVE_INFINITY]),
  ].filter(within);
  const starts = [boundMs, ...new Set(edges.toSorted((left, right) => left - right))];
  if (endMs <= boundMs) return [];
  const stretches = starts.map((fromMs, index): Stretch => {
    const toMs = starts[index + 1] ?? end?.atMs ?? null;
    const isLast = index === starts.length - 1;
    const isLost = lost.some((span) => covers(span, fromMs));
    return {
      fromMs,
      toMs,
      bucket: system ? 'system' : isLost ? 'nodeLost' : bucketAt(of, fromMs),
      observed: isLast && (end?.observed ?? false),
      estimated: isLast && (end?.estimated ?? false),
    };
  });
  return merged(stretches);
}

/** What lies from an instant on. */
export function stretchesFrom(stretches: readonly Stretch[], fromMs: number): Stretch[] {
  return stretches.flatMap((stretch) =>
    stretch.toMs !== null && stretch.toMs <= fromMs
      ? []
      : [{ ...stretch, fromMs: Math.max(stretch.fromMs, fromMs) }],
  );
}
