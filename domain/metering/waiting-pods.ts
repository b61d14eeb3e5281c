import * as z from 'zod';
import { gpuUnits } from './node-gpus.ts';
import type { ObservedPod } from './observed.ts';

const waitingPodSchema = z.object({
  uid: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** Kind and name of the uppermost owner; the pod itself without one. */
  owner: z.object({ kind: z.string(), name: z.string() }),
  /** Units of GPU resources that it asks for, whole or shares; 0 for one that asks by claims only. */
  gpus: z.number(),
  createdAt: z.iso.datetime().transform((text) => new Date(text)),
  /** Why it has no node, in the scheduler's words; null while it has said nothing. */
  words: z.string().nullable(),
});
/** A pod that asks for GPUs and has no node. */
export type WaitingPod = z.infer<typeof waitingPodSchema>;

export const waitingPodsSchema = z.object({
  schema: z.literal(1),
  /** The oldest first, at most `mostWaiting`. */
  pods: z.array(waitingPodSchema),
  /** How many there are beyond these. */
  more: z.int(),
});
export type WaitingPods = z.infer<typeof waitingPodsSchema>;

/** More are counted and not named. */
export const mostWaiting = 500;

function waitingPod(pod: ObservedPod): WaitingPod | null {
  if (pod.nodeName !== null || pod.ended || pod.deletion !== null) return null;
  if (!pod.containers.some(({ holdsGpu }) => holdsGpu)) return null;
  const { uid, namespace, name, createdAt, unscheduled = null } = pod;
  const { kind, name: ownerName } = pod.owners.at(-1) ?? { kind: 'Pod', name };
  const owner = { kind, name: ownerName };
  return { uid, namespace, name, owner, gpus: gpuUnits(pod.request), createdAt, words: unscheduled };
}

type Seen = { readonly pod: ObservedPod; readonly gone: boolean };

/** Pods by uid that wait for GPUs after what was heard, in its order; where everything was told, what is missing is gone. */
export function waitingAfter(
  before: ReadonlyMap<string, WaitingPod>,
  { whole, pods }: { readonly whole: boolean; readonly pods: readonly Seen[] },
): ReadonlyMap<string, WaitingPod> {
  const next = new Map(whole ? [] : before);
  for (const { pod, gone } of pods) {
    const waiting = gone ? null : waitingPod(pod);
    if (waiting === null) next.delete(pod.uid);
    else next.set(pod.uid, waiting);
  }
  return next;
}

/** As stored: the oldest first, named up to a limit. */
export function waitingPods(found: ReadonlyMap<string, WaitingPod>): WaitingPods {
  const oldest = [...found.values()].toSorted(
    (left, right) => left.createdAt.getTime() - right.createdAt.getTime() || (left.uid < right.uid ? -1 : 1),
  );
  const pods = oldest.slice(0, mostWaiting);
  return { schema: 1, pods, more: oldest.length - pods.length };
}
