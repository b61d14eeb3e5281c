import * as z from 'zod';
import type { ModelVersionBehaviour, Timeline } from '../sandbox.ts';

/** What metering needs of a pod beyond its own life; pods from before metering have none of it. */
const placedSchema = z.object({
  namespace: z.string(),
  workload: z.string(),
  labels: z.record(z.string(), z.string()),
  revisionId: z.string(),
  imageDigest: z.string().nullable(),
  /** Whole amounts by resource, as `domain/metering/observed.ts` has them. */
  request: z.record(z.string(), z.number()),
});

export const sandboxPodSchema = z.object({
  name: z.string(),
  revisionNumber: z.int(),
  modelVersionId: z.string(),
  createdAtMs: z.int(),
  /** Null while no node has room for it. */
  scheduledAtMs: z.int().nullable(),
  node: z.string().nullable(),
  gpuCount: z.int(),
  readyAfterMs: z.int(),
  placed: placedSchema.optional(),
});
export type SandboxPod = z.infer<typeof sandboxPodSchema>;

/** One row of a service's history: what changed at its instant; what it leaves out stays as it was. */
export const splitSchema = z.object({
  schema: z.literal(1),
  weights: z.record(z.string(), z.number()).optional(),
  pods: z.array(sandboxPodSchema).optional(),
});
export type Split = z.infer<typeof splitSchema>;

/** A span, in Unix milliseconds, in which something holds; `endMs` is Infinity while it lasts. */
export type Span = { readonly startMs: number; readonly endMs: number };

/** A time in which one pod was ready without a break; `life` counts them, since a restarted pod counts from zero. */
export type PodStay = Span & { readonly pod: SandboxPod; readonly life: number };

function brokenSpans(timeline: Timeline<ModelVersionBehaviour>): Span[] {
  const spans: Span[] = [];
  let startMs: number | null = null;
  for (const { atMs, value } of timeline) {
    if (value.fault !== 'none') startMs ??= atMs;
    else if (startMs !== null) {
      spans.push({ startMs, endMs: atMs });
      startMs = null;
    }
  }
  if (startMs !== null) spans.push({ startMs, endMs: Number.POSITIVE_INFINITY });
  return spans;
}

/**
 * When a pod is ready while it exists (until `endMs`): its delay after it got a node, or after the last fault of its
 * ModelVersion ended; never while a fault lasts. Empty for a pod without a node.
 */
export function readySpans(
  pod: SandboxPod,
  behaviour: Timeline<ModelVersionBehaviour>,
  endMs = Number.POSITIVE_INFINITY,
): Span[] {
  if (pod.scheduledAtMs === null) return [];
  const spans: Span[] = [];
  let since = pod.scheduledAtMs;
  const ready = (until: number) => {
    const span = { startMs: since + pod.readyAfterMs, endMs: Math.min(until, endMs) };
    if (span.startMs < span.endMs) spans.push(span);
  };
  for (const broken of brokenSpans(behaviour)) {
    if (broken.endMs <= since) continue;
    ready(broken.startMs);
    since = broken.endMs;
  }
  if (since < endMs) ready(Number.POSITIVE_INFINITY);
  return spans;
}

/** Whether a pod that exists is ready at an instant. */
export function isReady(pod: SandboxPod, behaviour: Timeline<ModelVersionBehaviour>, atMs: number): boolean {
  return readySpans(pod, behaviour).some((span) => span.startMs <= atMs && atMs < span.endMs);
}

/** A pod and when it went; Infinity while it is there. */
export type Presence = { pod: SandboxPod; endMs: number };

/** Every pod that a service ever had, from the history of its pods. */
export function presences(pods: Timeline<readonly SandboxPod[]>): Presence[] {
  const all: Presence[] = [];
  let present = new Map<string, Presence>();
  for (const { atMs, value } of pods) {
    const next = new Map<string, Presence>();
    for (const pod of value) {
      const before = present.get(pod.name);
      if (before !== undefined && before.pod.createdAtMs === pod.createdAtMs) {
        before.pod = pod;
        next.set(pod.name, before);
        present.delete(pod.name);
      } else {
        const presence = { pod, endMs: Number.POSITIVE_INFINITY };
        next.set(pod.name, presence);
        all.push(presence);
      }
    }
    for (const gone of present.values()) gone.endMs = atMs;
    present = next;
  }
  return all;
}

/** All ready times of all pods a service ever had, from the history of its pods and of its ModelVersions' behaviour. */
export function podStays(
  pods: Timeline<readonly SandboxPod[]>,
  behaviours: ReadonlyMap<string, Timeline<ModelVersionBehaviour>>,
): PodStay[] {
  const lives = new Map<string, number>();
  return presences(pods).flatMap(({ pod, endMs }) =>
    readySpans(pod, behaviours.get(pod.modelVersionId) ?? [], endMs).map((span) => {
      const life = lives.get(pod.name) ?? 0;
      lives.set(pod.name, life + 1);
      return { ...span, pod, life };
    }),
  );
}

/** The delay of one pod: its ModelVersion's, and up to a fifth more that is the pod's own. */
export function readyAfterMs(behaviour: ModelVersionBehaviour, unit: number): number {
  return Math.round(behaviour.readyAfterMs * (1 + unit / 5));
}
