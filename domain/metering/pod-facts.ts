import type { PodFacts } from './facts.ts';
import { podGpuShare } from './gpu-share.ts';
import type { NodeGpus } from './node-gpus.ts';
import type { ObservedDevices, ObservedPod } from './observed.ts';

/** Labels in which training jobs carry their run. */
const runLabels = ['fairlead.dev/run-id', 'mlflow.org/run-id', 'mlflow-run-id'];
const trainingKinds = new Set([
  'Job',
  'TrainJob',
  'PyTorchJob',
  'RayJob',
  'RayCluster',
  'JobSet',
  'MPIJob',
  'TFJob',
]);

function runIdOf({ owners, labels }: ObservedPod): string | null {
  if (!owners.some(({ kind }) => trainingKinds.has(kind))) return null;
  return runLabels.map((name) => labels[name]).find((value) => value !== undefined) ?? null;
}

/** What a pod is on its node by one look at it. */
export function podFactsOf(pod: ObservedPod, gpus: NodeGpus, devices: ObservedDevices): PodFacts {
  const { gpu, estimated } = podGpuShare(pod, gpus, devices);
  const digests = pod.containers.flatMap(({ imageDigest }) => imageDigest ?? []);
  return {
    schema: 1,
    namespace: pod.namespace,
    name: pod.name,
    owners: pod.owners.map(({ kind, name, uid }) => ({ kind, name, uid })),
    labels: { ...pod.labels },
    revisionId: pod.revisionId,
    imageDigests: [...new Set(digests)].toSorted(),
    gpu,
    gpuEstimated: estimated,
    milliCpu: pod.request.cpu ?? 0,
    memoryMib: pod.request.memory ?? 0,
    runId: runIdOf(pod),
  };
}

const systemNamespaces = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'gpu-operator',
  'nvidia-gpu-operator',
  'monitoring',
]);

/** Pods of the cluster itself: what nobody's project asked for. */
export function isSystemPod({ namespace, owners }: Pick<ObservedPod, 'namespace' | 'owners'>): boolean {
  return systemNamespaces.has(namespace) || owners.some(({ kind }) => kind === 'Node');
}

/** KAI holds a GPU for its fractions by a pod of its own, which would count it twice. */
export function isMetered({ namespace }: Pick<ObservedPod, 'namespace'>): boolean {
  return namespace !== 'kai-resource-reservation';
}
