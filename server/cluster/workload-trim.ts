import * as z from 'zod';
import type { KubernetesObject, WatchedKind } from './kubernetes-objects.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

const podSchema = z.looseObject({
  status: z
    .looseObject({
      phase: z.string().optional(),
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
          }),
        )
        .optional(),
      initContainerStatuses: z.array(z.looseObject({ name: z.string() })).optional(),
      containerStatuses: z.array(z.looseObject({ name: z.string() })).optional(),
    })
    .optional(),
});

type Status = NonNullable<z.infer<typeof podSchema>['status']>;

/** Each text once: the same labels, images and reasons stand on a thousand pods. */
class Texts {
  readonly #known = new Map<string, string>();

  one(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    // Names of pods come and go for ever; what is shared fills itself again soon.
    if (this.#known.size > 20_000) this.#known.clear();
    this.#known.set(text, text);
    return text;
  }

  shared(value: unknown): unknown {
    if (typeof value === 'string') return this.one(value);
    if (Array.isArray(value)) return value.map((item) => this.shared(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.shared(member)]));
  }
}

const texts = new Texts();

function trimmedContainer(status: Record<string, unknown>): Record<string, unknown> {
  const { name, ready, restartCount, imageID, state, lastState } = status;
  const waiting = z.looseObject({ waiting: z.looseObject({}) }).safeParse(state).data?.waiting;
  const terminated = z.looseObject({ terminated: z.looseObject({}) }).safeParse(lastState).data?.terminated;
  return {
    name,
    ready,
    restartCount,
    imageID,
    ...(waiting === undefined ? {} : { state: { waiting } }),
    ...(terminated === undefined
      ? {}
      : { lastState: { terminated: { reason: terminated.reason, exitCode: terminated.exitCode } } }),
  };
}

/** A condition that holds needs no reason; the others' words are what explains an unready pod. */
function trimmedCondition({ type, status, reason, message }: Record<string, unknown>) {
  return status === 'True' ? { type, status } : { type, status, reason, message };
}

const readConditions = new Set(['PodScheduled', 'Ready']);

function trimmedStatus(status: Status): Record<string, unknown> {
  const unready = (status.initContainerStatuses ?? []).filter((container) => container.ready !== true);
  return {
    phase: status.phase,
    conditions: status.conditions?.filter(({ type }) => readConditions.has(type)).map(trimmedCondition),
    ...(unready.length === 0 ? {} : { initContainerStatuses: unready.map(trimmedContainer) }),
    containerStatuses: status.containerStatuses?.map(trimmedContainer),
  };
}

function trimmedPod(object: KubernetesObject): KubernetesObject {
  const { name, uid, resourceVersion, deletionTimestamp, labels } = object.metadata;
  const status = podSchema.safeParse(object).data?.status;
  return {
    metadata: {
      name,
      uid,
      resourceVersion,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      ...(labels === undefined ? {} : { labels: texts.shared(labels) as Record<string, string> }),
    },
    ...(status === undefined ? {} : { status: texts.shared(trimmedStatus(status)) }),
  };
}

function withoutStatusOwners(object: KubernetesObject): KubernetesObject {
  const { managedFields, annotations, ...metadata } = object.metadata;
  const { [lastApplied]: _applied, ...kept } = annotations ?? {};
  const owners = managedFields?.filter(({ subresource }) => subresource !== 'status');
  return {
    ...object,
    metadata: { ...metadata, annotations: kept, ...(owners === undefined ? {} : { managedFields: owners }) },
  };
}

function named(object: KubernetesObject, rest: Record<string, unknown>): KubernetesObject {
  const { name, uid, resourceVersion } = object.metadata;
  return { metadata: { name, uid, resourceVersion }, ...rest };
}

/**
 * What is kept of an object that others made: of a pod its labels and what explains its state, of a Service and a route their
 * spec, of a workload all but status owners and kubectl's copy of it.
 */
export function trimForeign(object: KubernetesObject, kind: WatchedKind): KubernetesObject {
  switch (kind) {
    case 'Pod':
      return trimmedPod(object);
    case 'Service':
    case 'HTTPRoute':
      return named(object, { spec: object.spec });
    case 'Deployment':
    case 'InferenceService':
    case 'Rollout':
    case 'HorizontalPodAutoscaler':
    case 'EndpointSlice':
    case 'Node':
    case 'ResourceSlice':
    case 'ResourceQuota':
    case 'ResourceClaim':
      return withoutStatusOwners(object);
  }
}
