import type { CapacityNode, ClusterReading, NamespaceReading, PodHolder } from './capacity.ts';
import { podDemand } from './pod-demand.ts';
import type { WantedPods } from './pods-to-come.ts';

/** For tests only: nodes, pods and readings around one product. */
export function exampleNode(name: string, change: Partial<CapacityNode> = {}): CapacityNode {
  return {
    name,
    product: 'L4',
    labels: { 'nvidia.com/gpu.product': 'L4' },
    taints: [],
    gpus: 4,
    freeGpus: 4,
    freeMilliCpu: 64_000,
    freeMemoryMib: 256_000,
    ...change,
  };
}

export function examplePods(pods: number, gpus: number, change: Partial<WantedPods> = {}): WantedPods {
  const resources = { limits: { 'nvidia.com/gpu': gpus } };
  const spec = { containers: [{ name: 'model', image: 'model', resources }] };
  return { namespace: 'production', workload: 'fraud-r2', pods, demand: podDemand({ spec }), ...change };
}

export function exampleHolder(workload: string, gpus: number, change: Partial<PodHolder> = {}): PodHolder {
  return {
    namespace: 'production',
    workload,
    gpus,
    pods: gpus,
    pendingGpus: 0,
    pendingPods: 0,
    product: null,
    ...change,
  };
}

export function exampleCluster(change: Partial<ClusterReading> = {}): ClusterReading {
  return {
    schema: 1,
    nodes: { kind: 'read', value: [exampleNode('a'), exampleNode('b')] },
    holders: { kind: 'read', value: [] },
    clusterQueues: null,
    nodePools: null,
    ...change,
  };
}

export function exampleNamespace(change: Partial<NamespaceReading> = {}): NamespaceReading {
  return {
    schema: 1,
    quotas: { kind: 'read', value: [] },
    limitRanges: { kind: 'read', value: [] },
    claimTemplates: null,
    localQueues: null,
    ...change,
  };
}
