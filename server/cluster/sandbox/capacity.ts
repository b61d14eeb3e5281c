import type { Queries } from '../../../db/client.ts';
import type {
  CapacityNode,
  ClusterCapacity,
  PodHolder,
  ResourceQuota,
} from '../../../domain/preflight/capacity.ts';
import { DomainError } from '../../../domain/refusal.ts';
import type { SandboxPod } from '../../../domain/sandbox/pod.ts';
import {
  type ClusterBehaviour,
  defaultClusterBehaviour,
  sandboxGpuProducts,
  valueAt,
} from '../../../domain/sandbox.ts';
import { gpuNodes } from './scheduling.ts';
import type { StoredObject, WorkloadObject } from './stored-object.ts';
import { unreachable } from './unreachable.ts';
import { behavioursOf, objectsOf } from './world-store.ts';

/** The sandbox's nodes lack neither CPU nor memory. */
const plenty = { freeMilliCpu: 1_000_000, freeMemoryMib: 10_000_000 };

const isWorkload = (object: StoredObject): object is WorkloadObject => object.kind === 'workload';

type World = { readonly db: Queries; readonly clusterId: string; readonly at: Date };

/** Reads what the sandbox has room for at an instant; throws what an unreachable API server does. */
export async function readSandboxCapacity(
  { db, clusterId, at }: World,
  namespaces: readonly string[],
): Promise<ClusterCapacity> {
  const told = await behavioursOf(db, { clusterId, until: at, subjects: ['cluster'] });
  const behaviour = valueAt(told.cluster, at.getTime(), defaultClusterBehaviour);
  if (behaviour.fault === 'unreachable') throw new DomainError(unreachable());
  return sandboxCapacity(await objectsOf(db, clusterId), behaviour, namespaces);
}

/** What the sandbox has room for, from the pods that its own scheduler placed; its only quotas are those of freezes. */
function sandboxCapacity(
  objects: readonly StoredObject[],
  behaviour: ClusterBehaviour,
  namespaces: readonly string[],
): ClusterCapacity {
  const workloads = objects.filter(isWorkload);
  const pods = workloads.flatMap(({ body }) => body.pods);
  const none = { kind: 'read', value: [] } as const;
  return {
    cluster: {
      schema: 1,
      nodes: {
        kind: 'read',
        value: gpuNodes(behaviour).map((name, index) => nodeOf(name, { index, behaviour, pods })),
      },
      holders: { kind: 'read', value: workloads.filter(({ body }) => body.pods.length > 0).map(holderOf) },
      clusterQueues: null,
      nodePools: null,
    },
    namespaces: new Map(
      namespaces.map((name) => [
        name,
        {
          schema: 1,
          quotas: { kind: 'read', value: quotasIn(name, objects) },
          limitRanges: none,
          claimTemplates: null,
          localQueues: null,
        },
      ]),
    ),
  };
}

function quotasIn(namespace: string, objects: readonly StoredObject[]): ResourceQuota[] {
  const here = objects.filter((object) => object.namespace === namespace);
  const used = gpusOf(here.filter(isWorkload).flatMap(({ body }) => body.pods));
  return here.flatMap((object) =>
    object.kind === 'quota'
      ? [
          {
            name: object.name,
            hard: object.body.hard,
            used: { 'requests.nvidia.com/gpu': used },
            scopes: [],
          },
        ]
      : [],
  );
}

type Nodes = {
  readonly index: number;
  readonly behaviour: ClusterBehaviour;
  readonly pods: readonly SandboxPod[];
};

function nodeOf(name: string, { index, behaviour, pods }: Nodes): CapacityNode {
  const { gpusPerNode, gpuProducts = sandboxGpuProducts } = behaviour;
  const product = gpuProducts[index % gpuProducts.length] ?? null;
  const used = gpusOf(pods.filter(({ node }) => node === name));
  return {
    name,
    product,
    labels: product === null ? {} : { 'nvidia.com/gpu.product': product },
    taints: [],
    gpus: gpusPerNode,
    freeGpus: Math.max(0, gpusPerNode - used),
    ...plenty,
  };
}

function holderOf({ namespace, name, body }: WorkloadObject): PodHolder {
  const pending = body.pods.filter(({ node }) => node === null);
  return {
    namespace,
    workload: name,
    gpus: gpusOf(body.pods),
    pods: body.pods.length,
    pendingGpus: gpusOf(pending),
    pendingPods: pending.length,
    product: null,
  };
}

function gpusOf(pods: readonly SandboxPod[]): number {
  return pods.reduce((sum, { gpuCount }) => sum + gpuCount, 0);
}
