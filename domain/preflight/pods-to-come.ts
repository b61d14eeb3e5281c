import type { ClusterReading, PodHolder } from './capacity.ts';
import type { PodDemand } from './pod-demand.ts';

/** Pods of one workload that shall be there. */
export type WantedPods = {
  readonly namespace: string;
  /** Name of the workload, as its pods' owner. */
  readonly workload: string;
  readonly pods: number;
  readonly demand: PodDemand;
};

/** Those of them that do not exist yet, by what was seen; what was not seen does not exist. */
export function podsToCome(wanted: WantedPods, { holders }: Pick<ClusterReading, 'holders'>): number {
  if (holders.kind === 'unread') return wanted.pods;
  const found = holders.value.find((holder) => isOf(holder, wanted));
  return Math.max(0, wanted.pods - (found?.pods ?? 0));
}

function isOf(holder: PodHolder, { namespace, workload }: WantedPods): boolean {
  return holder.namespace === namespace && holder.workload === workload;
}

/**
 * The biggest holders of GPUs in a namespace, as words, and what all other namespaces hold together: whose those are is
 * for others to tell. `fraud-r3 4, training 2, other namespaces 8`.
 */
export function holderWords(holders: readonly PodHolder[], namespace: string): string {
  const own = holders
    .filter((holder) => holder.namespace === namespace && holder.gpus > 0)
    .toSorted((left, right) => right.gpus - left.gpus || (left.workload < right.workload ? -1 : 1))
    .slice(0, mostNamed)
    .map(({ workload, gpus }) => `${workload} ${gpus}`);
  const foreign = holders
    .filter((holder) => holder.namespace !== namespace)
    .reduce((sum, { gpus }) => sum + gpus, 0);
  return [...own, ...(foreign > 0 ? [`other namespaces ${foreign}`] : [])].join(', ');
}

const mostNamed = 3;
