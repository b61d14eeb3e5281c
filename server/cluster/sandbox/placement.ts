import type { Transaction } from '../../../db/client.ts';
import { readyAfterMs, type SandboxPod } from '../../../domain/sandbox/pod.ts';
import { randomKey, randomUnit } from '../../../domain/sandbox/random.ts';
import type { ClusterBehaviour, ModelVersionBehaviour } from '../../../domain/sandbox.ts';
import { gpuCountPerPod, type Scaling, startingReplicas } from '../../../domain/service-spec.ts';
import type { ServingScope } from '../../../domain/serving.ts';
import { podLabels } from '../manifests.ts';
import { templateRequest } from '../pod-request.ts';
import { podName } from './pod-name.ts';
import { schedule } from './scheduling.ts';
import type { StoredObject, Workload, WorkloadObject } from './stored-object.ts';
import { objectsOf, recordSplit, saveObject } from './world-store.ts';

function replicas(scaling: Scaling, present: number): number {
  if (scaling.kind === 'fixed' || present === 0) return startingReplicas(scaling);
  return Math.min(scaling.maxReplicas, Math.max(scaling.minReplicas, present));
}

type PodsInput = {
  readonly seed: number;
  readonly namespace: string;
  readonly name: string;
  readonly scope: Pick<ServingScope, 'projectId' | 'serviceName'>;
  readonly revision: Workload['revision'];
  readonly behaviour: ModelVersionBehaviour;
  readonly before: Workload | undefined;
  readonly atMs: number;
};

function placedPod({ revision, namespace, name, scope }: PodsInput): SandboxPod['placed'] {
  const [serving] = revision.podTemplate.spec.containers;
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(serving?.image ?? '')?.[1] ?? null;
  const { revisionId } = revision;
  const request = templateRequest(revision.podTemplate);
  return {
    namespace,
    workload: name,
    labels: podLabels(scope, revision),
    revisionId,
    imageDigest: digest,
    request,
  };
}

/** The pods that a workload should have: what it has as far as it still fits, and new ones; never more than asked for. */
export function podsFor(input: PodsInput): SandboxPod[] {
  const { revision, before, behaviour, atMs } = input;
  const kept = before?.revision.specDigest === revision.specDigest ? before.pods : [];
  const count = replicas(revision.scaling, kept.length);
  const pods = kept.slice(0, count);
  const taken = new Set(pods.map(({ name }) => name));
  const place = { seed: input.seed, namespace: input.namespace, workload: input.name };
  while (pods.length < count) {
    const name = podName(place, revision.specDigest, taken);
    taken.add(name);
    pods.push({
      name,
      revisionNumber: revision.number,
      modelVersionId: revision.modelVersionId,
      createdAtMs: atMs,
      scheduledAtMs: null,
      node: null,
      gpuCount: gpuCountPerPod(revision.podTemplate),
      readyAfterMs: readyAfterMs(behaviour, randomUnit(randomKey(`${input.seed}/${name}`), 0)),
      placed: placedPod(input),
    });
  }
  return pods;
}

const isWorkload = (object: StoredObject): object is WorkloadObject => object.kind === 'workload';

type Change = {
  readonly clusterId: string;
  readonly capacity: ClusterBehaviour;
  readonly at: Date;
  /** The service whose pods were just changed; its history gets a row in any case. */
  readonly serviceId: string | null;
};

/** Gives free GPUs to waiting pods and writes the new set of pods into the history of every service that it touched. */
export async function settlePods(tx: Transaction, change: Change): Promise<void> {
  const workloads = (await objectsOf(tx, change.clusterId)).filter(isWorkload);
  const scheduled = schedule(
    workloads.flatMap(({ body }) => body.pods),
    change.capacity,
    change.at.getTime(),
  );
  const touched = new Set(change.serviceId === null ? [] : [change.serviceId]);
  const settled: WorkloadObject[] = [];
  for (const workload of workloads) {
    const pods = workload.body.pods.map((pod) => scheduled.get(pod) ?? pod);
    const next = { ...workload, body: { ...workload.body, pods } };
    settled.push(next);
    if (!pods.some((pod, index) => pod !== workload.body.pods[index])) continue;
    touched.add(workload.serviceId);
    await saveObject(tx, next);
  }
  for (const serviceId of touched) {
    const pods = settled
      .filter((workload) => workload.serviceId === serviceId)
      .flatMap(({ body }) => body.pods);
    await recordSplit(tx, { clusterId: change.clusterId, serviceId, at: change.at, split: { pods } });
  }
}
