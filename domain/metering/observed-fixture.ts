import type { ObservedContainer, ObservedLife, ObservedNode, ObservedPod } from './observed.ts';

/** For tests: an instant of one morning, "10:06" or "10:06:30". */
export function at(time: string): Date {
  return new Date(`2026-11-24T${time.length === 5 ? `${time}:00` : time}.000Z`);
}

export function lifeOf(startedAt: string, finishedAt: string | null = null, again = true): ObservedLife {
  return { startedAt: at(startedAt), finishedAt: finishedAt === null ? null : at(finishedAt), again };
}

export function containerOf(
  lives: readonly ObservedLife[],
  given: Partial<ObservedContainer> = {},
): ObservedContainer {
  return { name: 'server', holdsGpu: true, imageDigest: null, lives, ...given };
}

/** For tests: a pod that asks for one GPU and has a node since 10:00. */
export function podOf(given: Partial<ObservedPod> = {}): ObservedPod {
  return {
    uid: 'pod-1',
    namespace: 'production',
    name: 'scoring-r1-abc',
    version: 1,
    nodeName: 'node-1',
    owners: [],
    labels: {},
    revisionId: null,
    request: { 'nvidia.com/gpu': 1 },
    share: null,
    claims: [],
    claimedResources: [],
    createdAt: at('09:59'),
    scheduledAt: at('10:00'),
    readiness: null,
    deletion: null,
    ended: false,
    containers: [containerOf([])],
    ...given,
  };
}

/** For tests: a node with eight H100s, ready since 09:00. */
export function nodeOf(given: Partial<ObservedNode> = {}): ObservedNode {
  const capacity = { cpu: 192_000, memory: 2_097_152, 'nvidia.com/gpu': 8 };
  return {
    uid: 'node-1',
    name: 'node-1',
    version: 1,
    createdAt: at('08:55'),
    labels: {
      'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3',
      'nvidia.com/gpu.count': '8',
      'nvidia.com/gpu.memory': '81559',
    },
    annotations: {},
    capacityType: 'onDemand',
    capacity,
    allocatable: capacity,
    readiness: { ready: true, at: at('09:00') },
    ...given,
  };
}
