import type { SandboxPod } from '../../../domain/sandbox/pod.ts';
import type { ClusterBehaviour } from '../../../domain/sandbox.ts';

/** Name of a GPU node, counted from 0. */
export function gpuNodeName(index: number): string {
  return `sandbox-gpu-${index + 1}`;
}

/** Where pods run that ask for no GPU. */
export const cpuNodeName = 'sandbox-cpu-1';

/** Where everything runs that no Service asked for; no pod of a Service is placed on it. */
export const jobNodeName = 'sandbox-jobs-1';

/** Names of the GPU nodes. */
export function gpuNodes(capacity: ClusterBehaviour): string[] {
  return Array.from({ length: capacity.gpuNodes }, (_, index) => gpuNodeName(index));
}

/**
 * Gives nodes to pods that have none, oldest first and first fit by GPUs; pods that have a node keep it. Pods that ask
 * for no GPU always fit. Answers only what it scheduled.
 */
export function schedule(
  pods: readonly SandboxPod[],
  capacity: ClusterBehaviour,
  atMs: number,
): Map<SandboxPod, SandboxPod> {
  const free = new Map(gpuNodes(capacity).map((node) => [node, capacity.gpusPerNode]));
  for (const pod of pods) if (pod.node !== null) free.set(pod.node, (free.get(pod.node) ?? 0) - pod.gpuCount);
  const scheduled = new Map<SandboxPod, SandboxPod>();
  const waiting = pods
    .filter(({ scheduledAtMs }) => scheduledAtMs === null)
    .toSorted((left, right) => left.createdAtMs - right.createdAtMs);
  for (const pod of waiting) {
    const node = pod.gpuCount === 0 ? cpuNodeName : [...free].find(([, left]) => left >= pod.gpuCount)?.[0];
    if (node === undefined) continue;
    free.set(node, (free.get(node) ?? 0) - pod.gpuCount);
    scheduled.set(pod, { ...pod, node, scheduledAtMs: atMs });
  }
  return scheduled;
}

/** Why a pod has no node, as Kubernetes' scheduler says it. */
export function unschedulableSentence(capacity: ClusterBehaviour): string {
  const nodes = capacity.gpuNodes;
  return nodes === 0
    ? '0/0 nodes are available: no node offers nvidia.com/gpu.'
    : `0/${nodes} nodes are available: ${nodes} Insufficient nvidia.com/gpu.`;
}
