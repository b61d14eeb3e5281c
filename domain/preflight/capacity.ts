import type { ClaimTemplate } from './claim-template.ts';

/** What was read, or why it was not; nothing is concluded from what was not read. */
export type Part<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'unread'; readonly why: string; readonly fix: string | null };

/** A schedulable node that offers GPUs, with what no pod holds of it. */
export type CapacityNode = {
  readonly name: string;
  /** As in prices and budgets: without "-SHARED" and "-MIG-…". */
  readonly product: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  readonly gpus: number;
  readonly freeGpus: number;
  readonly freeMilliCpu: number;
  readonly freeMemoryMib: number;
};

/** GPUs of pods that exist, by the workload that owns them, pending ones included. */
export type PodHolder = {
  readonly namespace: string;
  /** Name of the Deployment or whatever else owns the pod. */
  readonly workload: string;
  readonly gpus: number;
  readonly pods: number;
  /** Of these, GPUs of pods without a node. */
  readonly pendingGpus: number;
  readonly pendingPods: number;
  /** Product that its pods ask for; null when they take any. */
  readonly product: string | null;
};

type KueueQuota = {
  readonly flavor: string;
  readonly resource: string;
  readonly nominal: number;
  readonly reserved: number;
  /** Null: without a limit; 0 outside a cohort. */
  readonly borrowingLimit: number | null;
};
export type ClusterQueue = {
  readonly name: string;
  readonly cohort: string | null;
  readonly stopped: boolean;
  readonly quotas: readonly KueueQuota[];
};

/** Karpenter's soft limit on what a NodePool may grow to. */
export type NodePoolLimit = {
  readonly name: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
};

/** Of the cluster as a whole. */
export type ClusterReading = {
  readonly schema: 1;
  readonly nodes: Part<readonly CapacityNode[]>;
  readonly holders: Part<readonly PodHolder[]>;
  /** Null where the API does not serve them. */
  readonly clusterQueues: Part<readonly ClusterQueue[]> | null;
  readonly nodePools: Part<readonly NodePoolLimit[]> | null;
};

export type QuotaScope = {
  readonly name: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
};
export type ResourceQuota = {
  readonly name: string;
  readonly hard: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
  readonly scopes: readonly QuotaScope[];
};
export type LimitRange = {
  readonly name: string;
  readonly type: 'Container' | 'Pod';
  readonly max: Readonly<Record<string, number>>;
  readonly min: Readonly<Record<string, number>>;
};

/** Of one namespace. */
export type NamespaceReading = {
  readonly schema: 1;
  readonly quotas: Part<readonly ResourceQuota[]>;
  readonly limitRanges: Part<readonly LimitRange[]>;
  /** Null where DRA is not served. */
  readonly claimTemplates: Part<readonly ClaimTemplate[]> | null;
  /** Null where Kueue is not served. */
  readonly localQueues: Part<
    readonly { readonly name: string; readonly clusterQueue: string; readonly stopped: boolean }[]
  > | null;
};

/** Everything that a cluster says about room, at one moment. */
export type ClusterCapacity = {
  readonly cluster: ClusterReading;
  readonly namespaces: ReadonlyMap<string, NamespaceReading>;
};

/** An observation counts this long. */
export const freshForMs = 60_000;
