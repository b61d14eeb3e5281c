import * as z from 'zod';
import { asksForGpus } from '../../domain/metering/node-gpus.ts';
import type {
  Amounts,
  ObservedContainer,
  ObservedLife,
  ObservedPod,
} from '../../domain/metering/observed.ts';
import { quantity } from '../../domain/quantity.ts';
import { parseImageId } from '../../domain/running-image.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { amountsOf, podRequest, podSpecSchema, requestOf } from './pod-request.ts';

const ownerSchema = z.looseObject({
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});
const metadataSchema = z.looseObject({
  creationTimestamp: z.string(),
  deletionTimestamp: z.string().optional(),
  deletionGracePeriodSeconds: z.number().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  ownerReferences: z.array(ownerSchema).optional(),
});
const terminatedSchema = z.looseObject({
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  exitCode: z.number().optional(),
});
const stateSchema = z.looseObject({
  running: z.looseObject({ startedAt: z.string().nullish() }).optional(),
  terminated: terminatedSchema.optional(),
});
const containerStatusSchema = z.looseObject({
  name: z.string(),
  imageID: z.string().optional(),
  state: stateSchema.optional(),
  lastState: stateSchema.optional(),
  allocatedResources: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
const statusSchema = z.looseObject({
  phase: z.string().optional(),
  startTime: z.string().nullish(),
  conditions: z
    .array(
      z.looseObject({
        type: z.string(),
        status: z.string(),
        message: z.string().optional(),
        lastTransitionTime: z.string().nullish(),
      }),
    )
    .optional(),
  initContainerStatuses: z.array(containerStatusSchema).optional(),
  containerStatuses: z.array(containerStatusSchema).optional(),
  resourceClaimStatuses: z.array(z.looseObject({ resourceClaimName: z.string().nullish() })).nullish(),
  extendedResourceClaimStatus: z
    .looseObject({
      resourceClaimName: z.string(),
      requestMappings: z.array(z.looseObject({ resourceName: z.string() })).nullish(),
    })
    .nullish(),
});
const claimUse = z.array(z.looseObject({ name: z.string() }));
const specSchema = podSpecSchema.extend({
  nodeName: z.string().optional(),
  restartPolicy: z.string().optional(),
  resourceClaims: z.array(z.looseObject({ resourceClaimName: z.string().nullish() })).nullish(),
});
const withClaims = z.looseObject({ resources: z.looseObject({ claims: claimUse.nullish() }).optional() });

type Status = z.infer<typeof statusSchema>;
type Spec = z.infer<typeof specSchema>;
type Metadata = z.infer<typeof metadataSchema>;
type ContainerStatus = z.infer<typeof containerStatusSchema>;

const dateOf = (text: string | null | undefined): Date | null => {
  const ms = text === null || text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms);
};

/** The Deployment of a ReplicaSet's pod, by the hash that the controller puts behind its name. */
function ownersOf({ ownerReferences = [], labels = {} }: Metadata): ObservedPod['owners'] {
  const owner = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0];
  if (owner === undefined) return [];
  const { kind, name, uid } = owner;
  const hash = labels['pod-template-hash'] ?? labels['rollouts-pod-template-hash'];
  const end = hash === undefined ? '' : `-${hash}`;
  if (kind !== 'ReplicaSet' || end === '' || !name.endsWith(end)) return [{ kind, name, uid }];
  const above = labels['rollouts-pod-template-hash'] === undefined ? 'Deployment' : 'Rollout';
  return [
    { kind, name, uid },
    { kind: above, name: name.slice(0, -end.length), uid: '' },
  ];
}

function lifeOf(terminated: z.infer<typeof terminatedSchema> | undefined, again: boolean): ObservedLife[] {
  const startedAt = dateOf(terminated?.startedAt);
  const finishedAt = dateOf(terminated?.finishedAt);
  // A container that never ran has stamps of the year 1 or none.
  if (startedAt === null || finishedAt === null || startedAt.getTime() <= 0) return [];
  return [{ startedAt, finishedAt, again }];
}

function livesOf({ state, lastState }: ContainerStatus, restartPolicy: string): ObservedLife[] {
  const runningSince = dateOf(state?.running?.startedAt);
  const failed = (state?.terminated?.exitCode ?? 0) !== 0;
  const again = restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && failed);
  return [
    ...lifeOf(lastState?.terminated, true),
    ...lifeOf(state?.terminated, again),
    ...(runningSince === null ? [] : [{ startedAt: runningSince, finishedAt: null, again: true }]),
  ];
}

function containersOf(spec: Spec, { containerStatuses = [] }: Status): ObservedContainer[] {
  return spec.containers.map((container) => {
    const status = containerStatuses.find(({ name }) => name === container.name);
    const claims = withClaims.safeParse(container).data?.resources?.claims ?? [];
    return {
      name: container.name,
      holdsGpu: asksForGpus(requestOf(container.resources)) || claims.length > 0,
      imageDigest: parseImageId(status?.imageID ?? '')?.digest ?? null,
      lives: status === undefined ? [] : livesOf(status, spec.restartPolicy ?? 'Always'),
    };
  });
}

function resizedOf({ containerStatuses = [], initContainerStatuses = [] }: Status): Map<string, Amounts> {
  const all = [...containerStatuses, ...initContainerStatuses];
  return new Map(
    all.flatMap(({ name, allocatedResources }) =>
      allocatedResources === undefined ? [] : [[name, amountsOf(allocatedResources)] as const],
    ),
  );
}

function kaiShareOf({ annotations = {} }: Metadata): ObservedPod['share'] {
  const fraction = annotations['gpu-fraction'] ?? null;
  const memory = quantity(annotations['gpu-memory'] ?? '');
  if (fraction === null && memory === null) return null;
  const devices = Number(annotations['gpu-fraction-num-devices'] ?? '1');
  return {
    fraction,
    memoryMib: memory === null ? null : Math.ceil(memory),
    devices: Number.isInteger(devices) && devices > 0 ? devices : 1,
  };
}

function claimsOf(
  { resourceClaims }: Spec,
  status: Status,
): Pick<ObservedPod, 'claims' | 'claimedResources'> {
  const extended = status.extendedResourceClaimStatus ?? null;
  const named = [...(resourceClaims ?? []), ...(status.resourceClaimStatuses ?? [])].flatMap(
    ({ resourceClaimName }) => resourceClaimName ?? [],
  );
  return {
    claims: [...new Set([...named, ...(extended === null ? [] : [extended.resourceClaimName])])],
    claimedResources: (extended?.requestMappings ?? []).map(({ resourceName }) => resourceName),
  };
}

/** What metering keeps of a pod; null for one that cannot be read. Never its env, arguments or volumes. */
export function meteredPod(object: KubernetesObject): ObservedPod | null {
  const metadata = metadataSchema.safeParse(object.metadata).data;
  const spec = specSchema.safeParse(object.spec).data;
  const status = statusSchema.safeParse(object.status ?? {}).data;
  const createdAt = dateOf(metadata?.creationTimestamp);
  if (metadata === undefined || spec === undefined || status === undefined || createdAt === null) return null;
  const condition = (type: string) => status.conditions?.find((each) => each.type === type);
  const [scheduled, ready] = [condition('PodScheduled'), condition('Ready')];
  const readyAt = dateOf(ready?.lastTransitionTime);
  const deletedAt = dateOf(metadata.deletionTimestamp);
  const unscheduled = scheduled?.status === 'False' ? scheduled.message : undefined;
  return {
    uid: object.metadata.uid,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    version: Number(object.metadata.resourceVersion) || 0,
    nodeName: spec.nodeName ?? null,
    owners: ownersOf(metadata),
    labels: metadata.labels ?? {},
    revisionId: null,
    request: podRequest(spec, resizedOf(status)),
    share: kaiShareOf(metadata),
    ...claimsOf(spec, status),
    createdAt,
    scheduledAt:
      (scheduled?.status === 'True' ? dateOf(scheduled.lastTransitionTime) : null) ??
      dateOf(status.startTime),
    ...(unscheduled === undefined ? {} : { unscheduled }),
    readiness:
      ready === undefined || readyAt === null ? null : { ready: ready.status === 'True', at: readyAt },
    deletion:
      deletedAt === null ? null : { at: deletedAt, graceSeconds: metadata.deletionGracePeriodSeconds ?? 0 },
    ended: status.phase === 'Succeeded' || status.phase === 'Failed',
    containers: containersOf(spec, status),
  };
}
