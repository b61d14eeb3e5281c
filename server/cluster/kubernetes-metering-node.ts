import * as z from 'zod';
import type { CapacityType } from '../../domain/metering/facts.ts';
import type {
  ObservedClaim,
  ObservedDevice,
  ObservedNode,
  ObservedSlice,
} from '../../domain/metering/observed.ts';
import { quantity } from '../../domain/quantity.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';
import { amountsOf } from './pod-request.ts';

const amounts = z.record(z.string(), z.union([z.string(), z.number()]));
const nodeSchema = z.looseObject({
  metadata: z.looseObject({
    creationTimestamp: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({ providerID: z.string().optional() }).optional(),
  status: z
    .looseObject({
      capacity: amounts.optional(),
      allocatable: amounts.optional(),
      conditions: z
        .array(
          z.looseObject({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() }),
        )
        .optional(),
    })
    .optional(),
});

const capacityTypes: Readonly<Record<string, CapacityType>> = {
  spot: 'spot',
  SPOT: 'spot',
  'on-demand': 'onDemand',
  ON_DEMAND: 'onDemand',
  reserved: 'reserved',
  CAPACITY_BLOCK: 'reserved',
};

/** How a node was bought, as Karpenter, EKS, GKE and AKS label it; a node of no provider is one's own. */
function capacityTypeOf(
  labels: Readonly<Record<string, string>>,
  providerId: string | undefined,
): CapacityType {
  const named = labels['karpenter.sh/capacity-type'] ?? labels['eks.amazonaws.com/capacityType'] ?? '';
  const known = capacityTypes[named];
  if (known !== undefined) return known;
  if (labels['cloud.google.com/gke-spot'] === 'true') return 'spot';
  if (labels['cloud.google.com/gke-preemptible'] === 'true') return 'spot';
  if (labels['kubernetes.azure.com/scalesetpriority'] === 'spot') return 'spot';
  return providerId === undefined || providerId === '' ? 'owned' : 'onDemand';
}

const hamiAnnotation = 'hami.io/node-nvidia-register';

/** What metering keeps of a node; null for one that cannot be read. */
export function meteredNode(object: KubernetesObject): ObservedNode | null {
  const node = nodeSchema.safeParse(object).data;
  if (node === undefined) return null;
  const { labels = {}, annotations = {}, creationTimestamp } = node.metadata;
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const readyMs = Date.parse(ready?.lastTransitionTime ?? '');
  const hami = annotations[hamiAnnotation];
  return {
    uid: object.metadata.uid,
    name: object.metadata.name,
    version: Number(object.metadata.resourceVersion) || 0,
    createdAt: new Date(creationTimestamp),
    labels,
    annotations: hami === undefined ? {} : { [hamiAnnotation]: hami },
    capacityType: capacityTypeOf(labels, node.spec?.providerID),
    capacity: amountsOf(node.status?.capacity),
    allocatable: amountsOf(node.status?.allocatable),
    readiness:
      ready === undefined || Number.isNaN(readyMs)
        ? null
        : { ready: ready.status === 'True', at: new Date(readyMs) },
  };
}

const attribute = z.looseObject({ string: z.string().optional() });
const deviceSchema = z.looseObject({
  name: z.string(),
  attributes: z.record(z.string(), attribute).nullish(),
  capacity: z.record(z.string(), z.looseObject({ value: z.union([z.string(), z.number()]) })).nullish(),
});
const sliceSchema = z.looseObject({
  spec: z.looseObject({
    driver: z.string(),
    pool: z.looseObject({ name: z.string() }),
    nodeName: z.string().nullish(),
    devices: z.array(deviceSchema).nullish(),
  }),
});

/** Names of attributes and capacities may be qualified by the driver's domain. */
function plain<Value>(record: Readonly<Record<string, Value>> | null | undefined): Map<string, Value> {
  return new Map(Object.entries(record ?? {}).map(([name, value]) => [name.replace(/^.*\//, ''), value]));
}

function deviceOf(device: z.infer<typeof deviceSchema>): ObservedDevice {
  const attributes = plain(device.attributes);
  const capacity: Record<string, number> = {};
  for (const [name, { value }] of plain(device.capacity)) capacity[name] = quantity(value) ?? 0;
  const memory = capacity.memory ?? 0;
  return {
    name: device.name,
    type: attributes.get('type')?.string ?? null,
    product: attributes.get('productName')?.string?.replaceAll(' ', '-') ?? null,
    profile: attributes.get('profile')?.string ?? null,
    memoryMib: memory > 0 ? Math.round(memory / 1_024 ** 2) : null,
    capacity,
  };
}

export function meteredSlice(object: KubernetesObject): ObservedSlice | null {
  const slice = sliceSchema.safeParse(object).data;
  if (slice === undefined) return null;
  const { driver, pool, nodeName, devices } = slice.spec;
  return {
    uid: object.metadata.uid,
    driver,
    pool: pool.name,
    nodeName: nodeName ?? null,
    devices: (devices ?? []).map(deviceOf),
  };
}

const claimSchema = z.looseObject({
  status: z
    .looseObject({
      allocation: z
        .looseObject({
          devices: z
            .looseObject({
              results: z
                .array(
                  z.looseObject({
                    driver: z.string(),
                    pool: z.string(),
                    device: z.string(),
                    adminAccess: z.boolean().nullish(),
                    consumedCapacity: amounts.nullish(),
                  }),
                )
                .nullish(),
            })
            .optional(),
        })
        .nullish(),
      reservedFor: z.array(z.looseObject({})).nullish(),
    })
    .optional(),
});

export function meteredClaim(object: KubernetesObject): ObservedClaim | null {
  const claim = claimSchema.safeParse(object).data;
  if (claim === undefined) return null;
  const results = claim.status?.allocation?.devices?.results ?? [];
  return {
    uid: object.metadata.uid,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    results: results.map(({ driver, pool, device, adminAccess, consumedCapacity }) => ({
      driver,
      pool,
      device,
      adminAccess: adminAccess === true,
      consumed: Object.fromEntries(
        [...plain(consumedCapacity)].map(([name, value]) => [name, quantity(value) ?? 0]),
      ),
    })),
    holders: claim.status?.reservedFor?.length ?? 0,
  };
}
