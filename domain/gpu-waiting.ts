import type { WaitingPod, WaitingPods } from './metering/waiting-pods.ts';
import type { PodHolder, ResourceQuota } from './preflight/capacity.ts';
import { holderWords } from './preflight/pods-to-come.ts';

/** Pods of a cluster that wait for GPUs, as a reader may see them. */
export type SeenWaiting = {
  /** Of namespaces that the reader sees into, the oldest first. */
  readonly pods: readonly WaitingPod[];
  /** Of all others only how many there are and what they ask for. */
  readonly others: { readonly pods: number; readonly gpus: number };
  /** Not read one by one, whoever they belong to. */
  readonly more: number;
};

/** `namespaces`: those that the reader sees into; null: all. */
export function seenWaiting(
  { pods, more }: WaitingPods,
  namespaces: ReadonlySet<string> | null,
): SeenWaiting {
  const isSeen = ({ namespace }: WaitingPod) => namespaces === null || namespaces.has(namespace);
  const others = pods.filter((pod) => !isSeen(pod));
  return {
    pods: pods.filter(isSeen),
    others: { pods: others.length, gpus: others.reduce((sum, { gpus }) => sum + gpus, 0) },
    more,
  };
}

/** A limit on GPUs of a namespace that has nothing left. */
export type FullQuota = {
  readonly namespace: string;
  readonly quota: string;
  readonly key: string;
  readonly used: number;
  readonly hard: number;
  /** "fraud-r3 4, training 2"; empty where holders were not read. */
  readonly heldBy: string;
};

const gpuKey = /^requests\..*(gpu|mig-)|deviceclass\.resource\.k(8s|ubernetes)\.io/;

/** GPU limits of a namespace's ResourceQuotas that are used up; a limit of 0 is always. */
export function fullQuotas(
  namespace: string,
  quotas: readonly ResourceQuota[],
  holders: readonly PodHolder[],
): FullQuota[] {
  const heldBy = holderWords(
    holders.filter((holder) => holder.namespace === namespace),
    namespace,
  );
  return quotas.flatMap(({ name: quota, hard, used }) =>
    Object.entries(hard).flatMap(([key, most]) =>
      gpuKey.test(key) && (used[key] ?? 0) >= most
        ? [{ namespace, quota, key, used: used[key] ?? 0, hard: most, heldBy }]
        : [],
    ),
  );
}
