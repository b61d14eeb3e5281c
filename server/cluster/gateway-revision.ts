import * as z from 'zod';
import { type Blocker, blocker } from '../../domain/refusal.ts';
import type { Scaling } from '../../domain/service-spec.ts';
import type { ObservedRevision, ServingScope } from '../../domain/serving.ts';
import { isOwned } from './gateway-ownership.ts';
import { type Condition, conditionsSchema, findCondition, podBlockers } from './gateway-pods.ts';
import { appliedManifest, contestOf } from './kubernetes-managed-fields.ts';
import { annotation, type KubernetesObject } from './kubernetes-objects.ts';

/** The objects of one revision as the watch brought them; null or empty when there are none. */
export type RevisionObjects = {
  readonly number: number;
  readonly deployment: KubernetesObject | null;
  readonly service: KubernetesObject | null;
  readonly autoscaler: KubernetesObject | null;
  readonly endpointSlices: readonly KubernetesObject[];
  readonly pods: readonly KubernetesObject[];
};

const deploymentSchema = z.looseObject({
  metadata: z.looseObject({ generation: z.number().optional() }),
  spec: z.looseObject({ replicas: z.number().optional() }),
  status: z
    .looseObject({ observedGeneration: z.number().optional(), conditions: conditionsSchema })
    .optional(),
});

const autoscalerSchema = z.looseObject({
  spec: z.looseObject({
    minReplicas: z.number().optional(),
    maxReplicas: z.number(),
    metrics: z
      .array(
        z.looseObject({
          resource: z
            .looseObject({
              name: z.string(),
              target: z.looseObject({ averageUtilization: z.number().optional() }),
            })
            .optional(),
        }),
      )
      .optional(),
  }),
});

const endpointSliceSchema = z.looseObject({
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()),
        conditions: z
          .looseObject({ ready: z.boolean().nullish(), terminating: z.boolean().nullish() })
          .optional(),
      }),
    )
    .nullish(),
});

/** Distinct addresses that take traffic; as the API defines it, an endpoint without a ready condition is ready. */
export function readyEndpoints(slices: readonly KubernetesObject[]): number {
  const ready = new Set<string>();
  for (const slice of slices)
    for (const { addresses, conditions } of endpointSliceSchema.safeParse(slice).data?.endpoints ?? [])
      if (conditions?.ready !== false && conditions?.terminating !== true)
        for (const address of addresses) ready.add(address);
  return ready.size;
}

type Deployment = z.infer<typeof deploymentSchema>;

function observedScaling(
  deployment: Deployment | null,
  { autoscaler, deployment: raw }: RevisionObjects,
): Scaling | null {
  const scaler = autoscaler === null ? undefined : autoscalerSchema.safeParse(autoscaler).data?.spec;
  if (scaler !== undefined) {
    const cpu = scaler.metrics?.find((metric) => metric.resource?.name === 'cpu')?.resource;
    return {
      kind: 'auto',
      minReplicas: scaler.minReplicas ?? 1,
      maxReplicas: scaler.maxReplicas,
      targetCpuPercent: cpu?.target.averageUtilization ?? 0,
    };
  }
  const applied = raw === null ? null : appliedManifest(raw);
  const spec = z.looseObject({ replicas: z.number().optional() }).safeParse(applied?.spec).data;
  // We gave the count to an autoscaler that is not there: neither form of scaling is in force.
  if (deployment === null || (spec !== undefined && spec.replicas === undefined)) return null;
  return { kind: 'fixed', replicas: deployment.spec.replicas ?? 1 };
}

function workloadBlocker(condition: Condition, number: number): Blocker {
  const words = condition.message ?? condition.reason ?? '';
  const params = { revisionNumber: number };
  if (condition.type === 'Progressing')
    return blocker({
      code: 'progressDeadline',
      message: words,
      params,
      fix: 'See what keeps its pods from becoming ready, or roll back.',
      owner: 'operator',
    });
  if (/exceeded quota/.test(words))
    return blocker({
      code: 'quotaExceeded',
      message: words,
      params,
      fix: 'Raise the quota of the namespace, or free what uses it.',
      owner: "the cluster's owner",
    });
  return blocker({
    code: 'revisionNotReady',
    message: words,
    params,
    fix: 'Correct what the message names.',
    owner: 'engineer',
  });
}

function deploymentBlockers(deployment: Deployment | null, number: number): Blocker[] {
  const conditions = deployment?.status?.conditions;
  const failure = findCondition(conditions, 'ReplicaFailure');
  const progressing = findCondition(conditions, 'Progressing');
  return [
    ...(failure?.status === 'True' ? [workloadBlocker(failure, number)] : []),
    ...(progressing?.status === 'False' ? [workloadBlocker(progressing, number)] : []),
  ];
}

function revisionBlockers(
  objects: RevisionObjects,
  deployment: Deployment | null,
  count: { ready: number; wanted: number },
) {
  if (count.ready >= Math.max(1, count.wanted)) return [];
  const found = [
    ...deploymentBlockers(deployment, objects.number),
    ...podBlockers(objects.pods, objects.number),
  ];
  if (found.length > 0) return found;
  return [
    blocker({
      code: 'revisionNotReady',
      message: `${count.ready} of ${count.wanted} replicas of revision ${objects.number} are ready.`,
      params: { revisionNumber: objects.number, ready: count.ready, wanted: count.wanted },
      owner: 'the cluster',
    }),
  ];
}

/** A digest that may be believed: ours, complete, and no field of any of the objects taken over by another manager. */
function believedDigest({ deployment, service, autoscaler }: RevisionObjects): string | null {
  const present = [deployment, service, autoscaler].filter((object) => object !== null);
  const changed = present.some(
    (object) => object.metadata.annotations?.[annotation.applied] === undefined || contestOf(object) !== null,
  );
  return changed ? null : (deployment?.metadata.annotations?.[annotation.specDigest] ?? null);
}

function isStaying(object: KubernetesObject | null): boolean {
  return object !== null && object.metadata.deletionTimestamp === undefined;
}

/** What the cluster holds of one revision: readiness by its endpoints, words by its workload and pods. */
export function observedRevision(objects: RevisionObjects, scope: ServingScope): ObservedRevision {
  const { number, service, autoscaler } = objects;
  const deployment =
    objects.deployment === null ? null : (deploymentSchema.safeParse(objects.deployment).data ?? null);
  const scaling = observedScaling(deployment, objects);
  const ready = readyEndpoints(objects.endpointSlices);
  const least = scaling?.kind === 'auto' ? scaling.minReplicas : 0;
  const wanted = Math.max(deployment?.spec.replicas ?? 0, least);
  const present = [objects.deployment, service, autoscaler].filter((object) => object !== null);
  const observedGeneration = deployment?.status?.observedGeneration ?? 0;
  return {
    number,
    owned: present.every((object) => isOwned(object, scope)),
    specDigest: believedDigest(objects),
    scaling,
    complete: isStaying(objects.deployment) && isStaying(service),
    desiredReplicas: wanted,
    readyReplicas: ready,
    settled: deployment !== null && observedGeneration >= (deployment.metadata.generation ?? 0),
    ready: ready > 0,
    blockers: revisionBlockers(objects, deployment, { ready, wanted }),
  };
}
