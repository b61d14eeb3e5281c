import { gpuAmounts } from './frozen-serving.ts';

/** Name of the one quota that a freeze writes in a namespace. */
export const freezeQuotaName = 'fairlead-freeze';

type Amounts = Readonly<Record<string, number>>;

/** A pod that is not over, with what a quota counts of it. */
export type FreezePod = {
  /** The Deployment, or whatever else owns it. */
  readonly workload: string;
  readonly requests: Amounts;
  /** It is being deleted: it still counts, and its controller already makes another one. */
  readonly terminating: boolean;
};

/** What has to find room whatever is spent: what serves, and what a roll back leads to. */
export type FreezeNeed = {
  readonly workload: string;
  readonly pods: number;
  readonly perPod: Amounts;
};

/**
 * Hard limits of the quota, by `requests.<resource>`: what pods use now, and what is missing of the needs. So nothing is
 * evicted, what serves comes back after a node was lost, a roll back finds room, and nothing else does. Whole GPUs are
 * always limited, at 0 where none runs.
 */
export function freezeHard(pods: readonly FreezePod[], needs: readonly FreezeNeed[]): Amounts {
  const hard = new Map<string, number>([['requests.nvidia.com/gpu', 0]]);
  const add = (amounts: Amounts, times: number) => {
    for (const [name, amount] of Object.entries(gpuAmounts(amounts)))
      hard.set(`requests.${name}`, (hard.get(`requests.${name}`) ?? 0) + amount * times);
  };
  for (const { requests } of pods) add(requests, 1);
  for (const need of needs) {
    const present = pods.filter(
      ({ workload, terminating }) => workload === need.workload && !terminating,
    ).length;
    add(need.perPod, Math.max(0, need.pods - present));
  }
  return Object.fromEntries([...hard].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Whether two quotas limit the same to the same. */
export function sameHard(left: Amounts, right: Amounts): boolean {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.every((name) => left[name] === right[name]);
}

export type FreezeOpportunity = {
  readonly namespace: string;
  readonly wholeEnvironment: boolean;
  readonly pods: readonly FreezePod[];
  /** Workloads of managed services. */
  readonly managed: readonly string[];
  /** Verbs that the cluster's token lacks, as kubectl names them. */
  readonly lackingRights: readonly string[];
  /** A quota under our name that somebody else made or keeps writing; null when there is none. */
  readonly quotaOwner: string | null;
};

/** Why an environment is not frozen, each in a sentence; empty when it may be. */
export function freezeObstacles(found: FreezeOpportunity): string[] {
  const { namespace, wholeEnvironment, pods, managed, lackingRights, quotaOwner } = found;
  const gpus = new Map<string, number>();
  for (const { workload, requests } of pods) {
    const asked = Object.values(gpuAmounts(requests)).reduce((sum, amount) => sum + amount, 0);
    if (asked > 0 && !managed.includes(workload)) gpus.set(workload, (gpus.get(workload) ?? 0) + asked);
  }
  const others = [...gpus].map(([workload, count]) => `"${workload}" (${count})`);
  return [
    ...(wholeEnvironment
      ? []
      : ['The budget counts only a part of what runs there, and a quota would hold the rest, too.']),
    ...(others.length === 0
      ? []
      : [`GPU pods that Fairlead does not manage run in ${namespace}: ${others.join(', ')}.`]),
    ...(lackingRights.length === 0
      ? []
      : [
          `The cluster's token may not ${lackingRights.join(', ')} in ${namespace}; apply the manifest of the cluster's page again, with metering.`,
        ]),
    ...(quotaOwner === null
      ? []
      : [
          `ResourceQuota "${freezeQuotaName}" of ${namespace} is kept by ${quotaOwner}, so it is not touched.`,
        ]),
  ];
}

/** What a person could apply instead, in kubectl's words. */
export function freezeProposal(namespace: string, hard: Amounts): string {
  const limits = Object.entries(hard).map(([name, amount]) => `${name}=${amount}`);
  return `kubectl -n ${namespace} create quota ${freezeQuotaName} --hard=${limits.join(',')}`;
}
