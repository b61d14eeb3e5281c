import * as z from 'zod';
import { blockerSchema } from './refusal-schema.ts';

const instant = z.iso.datetime({ offset: true });

const terminationSchema = z.object({
  exitCode: z.int(),
  /** The kubelet's word: OOMKilled, Error, Completed …; empty when it gives none. */
  reason: z.string(),
  /** Number of the signal that ended it; null when it ended by itself or the runtime does not say. */
  signal: z.int().nullable(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  /** What the container left as its termination message; empty mostly. */
  message: z.string(),
});
/** How a container's last run ended. */
export type Termination = z.infer<typeof terminationSchema>;

const containerStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), reason: z.string(), message: z.string() }),
  z.object({ kind: z.literal('running'), startedAt: instant.nullable() }),
  z.object({ kind: z.literal('terminated'), termination: terminationSchema }),
]);
export type ContainerState = z.infer<typeof containerStateSchema>;

const podContainerSchema = z.object({
  name: z.string(),
  image: z.string(),
  /** Runs to its end before the others start (or beside them, as a sidecar). */
  init: z.boolean(),
  ready: z.boolean(),
  restarts: z.int(),
  state: containerStateSchema,
  /** Null for one that never ended. */
  lastTermination: terminationSchema.nullable(),
});
export type PodContainer = z.infer<typeof podContainerSchema>;

export const podSchema = z.object({
  name: z.string(),
  uid: z.string(),
  /** Of the ServiceRevision it runs; null for a pod that others made. */
  revisionNumber: z.int().nullable(),
  phase: z.string(),
  ready: z.boolean(),
  /** Of all its containers. */
  restarts: z.int(),
  /** Null while no node has taken it. */
  node: z.string().nullable(),
  gpuCount: z.int(),
  createdAt: instant,
  /** From when it is on its way out; null for one that stays. */
  deletingAt: instant.nullable(),
  /** Why it is not scheduled or was evicted, in the cluster's words; null when there is nothing to say. */
  problem: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  containers: z.array(podContainerSchema),
});
/** A pod as the cluster shows it now; ISO times, because it crosses from the worker to the web in a row. */
export type Pod = z.infer<typeof podSchema>;

export const clusterEventSchema = z.object({
  /** The object it is about. */
  kind: z.string(),
  name: z.string(),
  type: z.enum(['Normal', 'Warning']),
  reason: z.string(),
  message: z.string(),
  /** How often it happened. */
  count: z.int(),
  firstAt: instant.nullable(),
  lastAt: instant.nullable(),
  /** Which component said it; empty when unknown. */
  source: z.string(),
});
/** One Kubernetes Event, or several that say the same of the same object. */
export type ClusterEvent = z.infer<typeof clusterEventSchema>;

export const podQuestionSchema = z.object({
  projectId: z.string(),
  serviceId: z.string(),
  serviceName: z.string(),
  namespace: z.string(),
  /** Only that revision's pods; all of the service's when left out. */
  revisionNumber: z.int().optional(),
  /** A workload that others made and that the service watches or was taken over from: its pods count, too. */
  found: z
    .object({ kind: z.string(), name: z.string(), selector: z.record(z.string(), z.string()) })
    .optional(),
});
/** Whose pods and Events are asked for; a ServingScope with or without a revision number is one. */
export type PodQuestion = z.infer<typeof podQuestionSchema>;

export const logQuestionSchema = podQuestionSchema
  .pick({ projectId: true, serviceId: true, serviceName: true, namespace: true, found: true })
  .extend({
    pod: z.string(),
    container: z.string(),
    /** Of the container's run before the present one. */
    previous: z.boolean(),
    /** The last so many lines, at most. */
    tailLines: z.int().min(0).max(5_000),
    /** ISO; nothing from before it, when given. */
    sinceTime: instant.optional(),
  });
/** Which container's lines are read; the pod must be one of the service's. */
export type LogQuestion = z.infer<typeof logQuestionSchema>;

/** Lines begin with the time at which the node took them (RFC 3339), a blank, and then what the container wrote. */
export type LogReading = {
  readonly text: string;
  /** More was there than was taken; the oldest lines are missing. */
  readonly truncated: boolean;
};

export const podsAnswerSchema = z.object({
  schema: z.literal(1),
  pods: z.array(podSchema),
  podsTruncated: z.boolean(),
  events: z.array(clusterEventSchema),
  eventsTruncated: z.boolean(),
  /** Why pods or Events could not be read; one of them may be there without the other. */
  problems: z.array(blockerSchema),
});
/** What a look at a service's pods found, as the worker answered it. */
export type PodsAnswer = z.infer<typeof podsAnswerSchema>;

/** Most Events that one answer holds, newest first. */
export const mostEvents = 200;

const newestFirst = (left: ClusterEvent, right: ClusterEvent): number =>
  (right.lastAt ?? '').localeCompare(left.lastAt ?? '') || left.name.localeCompare(right.name);

const earlier = (left: string | null, right: string | null) =>
  left === null || (right !== null && right < left) ? right : left;
const later = (left: string | null, right: string | null) =>
  left === null || (right !== null && right > left) ? right : left;

/** Events that say the same of the same object become one with the sum of their counts; newest first, capped. */
export function mergedEvents(events: readonly ClusterEvent[], most = mostEvents): ClusterEvent[] {
  const byWords = new Map<string, ClusterEvent>();
  for (const event of events) {
    const key = JSON.stringify([event.kind, event.name, event.type, event.reason, event.message]);
    const known = byWords.get(key);
    byWords.set(
      key,
      known === undefined
        ? event
        : {
            ...known,
            count: known.count + event.count,
            firstAt: earlier(known.firstAt, event.firstAt),
            lastAt: later(known.lastAt, event.lastAt),
          },
    );
  }
  return [...byWords.values()].sort(newestFirst).slice(0, most);
}
