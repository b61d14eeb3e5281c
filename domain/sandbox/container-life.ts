import { defaultModelVersionBehaviour, type ModelVersionBehaviour, type Timeline } from '../sandbox.ts';
import type { SandboxPod } from './pod.ts';

/** One run of a pod's serving container, in Unix milliseconds; `endMs` is Infinity while nothing ends it. */
export type ContainerLife = {
  readonly startMs: number;
  readonly endMs: number;
  /** Null while it runs. */
  readonly exitCode: number | null;
};

/** From a pod having a node to its container's first start. */
const startAfterMs = 800;
/** How long a container that crashes lives. */
const crashAfterMs = 4_000;
const firstBackOffMs = 10_000;
const lastBackOffMs = 300_000;
/** A container that had to go for another reason than a crash of its own. */
const terminatedExitCode = 143;

/** Pause before a container's n-th restart in a row (from 0), as the kubelet makes it: 10 s, doubled up to five minutes. */
export function backOffMs(restart: number): number {
  return Math.min(lastBackOffMs, firstBackOffMs * 2 ** Math.min(restart, 10));
}

type Segment = {
  readonly fault: ModelVersionBehaviour['fault'];
  readonly fromMs: number;
  readonly toMs: number;
};

/** What held from an instant on, piece by piece; neighbouring pieces of one fault are one. */
function segments(timeline: Timeline<ModelVersionBehaviour>, fromMs: number): Segment[] {
  const pieces: Segment[] = [
    {
      fault: defaultModelVersionBehaviour.fault,
      fromMs: Number.NEGATIVE_INFINITY,
      toMs: Number.POSITIVE_INFINITY,
    },
  ];
  for (const { atMs, value } of timeline) {
    const last = pieces.at(-1);
    if (last === undefined || last.fault === value.fault) continue;
    pieces.splice(-1, 1, { ...last, toMs: atMs }, { fault: value.fault, fromMs: atMs, toMs: last.toMs });
  }
  return pieces
    .filter(({ toMs }) => toMs > fromMs)
    .map((piece) => ({ ...piece, fromMs: Math.max(piece.fromMs, fromMs) }));
}

/** Runs until something ends it: what is over by `untilMs` is complete, the last one may go on. */
class Lives {
  readonly all: ContainerLife[] = [];
  #startedMs: number | null = null;

  start(atMs: number): void {
    this.#startedMs ??= atMs;
  }

  end(atMs: number, exitCode: number): void {
    if (this.#startedMs === null) return;
    this.all.push({ startMs: this.#startedMs, endMs: Math.max(atMs, this.#startedMs), exitCode });
    this.#startedMs = null;
  }

  /** Crashes again and again within a segment; a pause is cut short by the segment's end. */
  crash({ fromMs, toMs }: Segment, untilMs: number): void {
    const stop = Math.min(toMs, untilMs);
    let atMs = fromMs + crashAfterMs;
    for (let restart = 0; atMs <= stop; restart += 1) {
      this.end(atMs, 1);
      const again = atMs + backOffMs(restart);
      if (again > stop) return;
      this.start(again);
      atMs = again + crashAfterMs;
    }
  }

  running(): ContainerLife[] {
    return this.#startedMs === null
      ? []
      : [{ startMs: this.#startedMs, endMs: Number.POSITIVE_INFINITY, exitCode: null }];
  }
}

/**
 * Every run of a pod's serving container up to an instant, oldest first; empty for a pod without a node or an image. A crash
 * loop restarts it with the kubelet's pauses, an image that cannot be pulled ends it, and a failing probe leaves it running.
 */
export function containerLives(
  pod: SandboxPod,
  behaviour: Timeline<ModelVersionBehaviour>,
  untilMs: number,
): ContainerLife[] {
  if (pod.scheduledAtMs === null) return [];
  const firstMs = pod.scheduledAtMs + startAfterMs;
  if (firstMs > untilMs) return [];
  const lives = new Lives();
  for (const segment of segments(behaviour, firstMs)) {
    if (segment.fromMs > untilMs) break;
    switch (segment.fault) {
      case 'none':
      case 'neverReady':
        lives.start(segment.fromMs);
        break;
      case 'imagePull':
        lives.end(segment.fromMs, terminatedExitCode);
        break;
      case 'crashLoop':
        lives.start(segment.fromMs);
        lives.crash(segment, untilMs);
        break;
    }
  }
  return [...lives.all, ...lives.running()];
}
