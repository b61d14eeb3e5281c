import * as z from 'zod';
import type { CapacityNode, PodHolder } from '../../domain/preflight/capacity.ts';
import { effectiveRequests, gpusIn, productOf } from '../../domain/preflight/pod-demand.ts';
import { amountsSchema, rawAmounts } from './kubernetes-limits.ts';

const labelsSchema = z.record(z.string(), z.string()).default({});
const resourcesSchema = z.looseObject({ requests: rawAmounts, limits: rawAmounts }).optional();

export const nodeSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: labelsSchema }),
  spec: z
    .looseObject({
      unschedulable: z.boolean().optional(),
      taints: z
        .array(z.looseObject({ key: z.string(), value: z.string().optional(), effect: z.string() }))
        .optional(),
    })
    .optional(),
  status: z
    .looseObject({
      allocatable: amountsSchema,
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).optional(),
    })
    .optional(),
});
type Node = z.infer<typeof nodeSchema>;

export const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: labelsSchema,
    ownerReferences: z
      .array(z.looseObject({ name: z.string(), kind: z.string(), controller: z.boolean().optional() }))
      .optional(),
  }),
  spec: z.looseObject({
    nodeName: z.string().optional(),
    nodeSelector: labelsSchema,
    overhead: amountsSchema,
    containers: z.array(z.looseObject({ resources: resourcesSchema })),
    initContainers: z
      .array(z.looseObject({ resources: resourcesSchema, restartPolicy: z.string().optional() }))
      .optional(),
  }),
});
export type CountedPod = z.infer<typeof podSchema>;

/** What quota and scheduler count of a pod. */
export function requestsOf({ spec }: CountedPod): Readonly<Record<string, number>> {
  return effectiveRequests(spec.containers, spec.initContainers ?? [], spec.overhead);
}

const mib = 1_024 ** 2;

/** Schedulable nodes with GPUs, and what the pods that are not over leave of them. */
export function capacityNodes(nodes: readonly Node[], pods: readonly CountedPod[]): CapacityNode[] {
  const used = new Map<string, { gpus: number; cpu: number; memory: number }>();
  for (const pod of pods) {
    const node = pod.spec.nodeName;
    if (node === undefined) continue;
    const requests = requestsOf(pod);
    const before = used.get(node) ?? { gpus: 0, cpu: 0, memory: 0 };
    used.set(node, {
      gpus: before.gpus + gpusIn(requests),
      cpu: before.cpu + (requests['cpu'] ?? 0),
      memory: before.memory + (requests['memory'] ?? 0),
    });
  }
  return nodes.filter(isSchedulable).flatMap((node) => {
    const { name, labels } = node.metadata;
    const allocatable = node.status?.allocatable ?? {};
    const gpus = gpusIn(allocatable);
    if (gpus === 0) return [];
    const held = used.get(name) ?? { gpus: 0, cpu: 0, memory: 0 };
    const taints = (node.spec?.taints ?? []).map(({ key, value, effect }) => ({
      key,
      value: value ?? '',
      effect,
    }));
    return [
      {
        name,
        product: productOf(labels),
        labels,
        taints,
        gpus,
        freeGpus: Math.max(0, gpus - held.gpus),
        freeMilliCpu: Math.floor(Math.max(0, (allocatable['cpu'] ?? 0) - held.cpu) * 1_000),
        freeMemoryMib: Math.floor(Math.max(0, (allocatable['memory'] ?? 0) - held.memory) / mib),
      },
    ];
  });
}

function isSchedulable({ spec, status }: Node): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return spec?.unschedulable !== true && (ready === undefined || ready.status === 'True');
}

/** Name of what owns a pod: of a Deployment's pod the Deployment. */
export function workloadOf({ metadata }: CountedPod): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return metadata.name;
  const hash = metadata.labels['pod-template-hash'];
  const suffix = `-${hash}`;
  return owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(suffix)
    ? owner.name.slice(0, -suffix.length)
    : owner.name;
}

/** Pods that ask for GPUs, by the workload that owns them. */
export function holdersOf(pods: readonly CountedPod[]): PodHolder[] {
  const holders = new Map<string, PodHolder>();
  for (const pod of pods) {
    const gpus = gpusIn(requestsOf(pod));
    if (gpus === 0) continue;
    const { namespace } = pod.metadata;
    const workload = workloadOf(pod);
    const key = `${namespace}/${workload}`;
    const before = holders.get(key);
    const pending = pod.spec.nodeName === undefined;
    holders.set(key, {
      namespace,
      workload,
      gpus: (before?.gpus ?? 0) + gpus,
      pods: (before?.pods ?? 0) + 1,
      pendingGpus: (before?.pendingGpus ?? 0) + (pending ? gpus : 0),
      pendingPods: (before?.pendingPods ?? 0) + (pending ? 1 : 0),
      product: productOf(pod.spec.nodeSelector),
    });
  }
  return [...holders.values()];
}
