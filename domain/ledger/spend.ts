import type { Bucket } from '../metering/facts.ts';

/** What of the ledger is counted; null and absent are any. */
export type SpendScope = {
  readonly clusterId?: string | null;
  readonly projectId?: string | null;
  readonly environmentId?: string | null;
  readonly serviceId?: string | null;
  readonly modelId?: string | null;
  readonly modelVersionId?: string | null;
  /** As nvidia.com/gpu.product says, without "-SHARED" and "-MIG-…". */
  readonly gpuProduct?: string | null;
};

/**
 * Idle time is counted not at all, or shared over what ran at the same hour on GPUs of the same product, on the same node
 * or in the same cluster, by GPU time. Idle time beside which nothing ran is nobody's.
 */
const idleShares = ['none', 'node', 'cluster'] as const;
export type IdleShare = (typeof idleShares)[number];

/** Buckets of what somebody asked for, pods and claims; system, idle, unhealthy, unobserved and rounding belong to the instance. */
export const ownedBuckets = [
  'serving',
  'warmup',
  'startupHold',
  'unready',
  'crashloopHold',
  'drain',
  'nodeLost',
  'claimHold',
] as const satisfies readonly Bucket[];

/** Buckets of GPUs that were there, worked and had nothing to do. */
export const idleBuckets = [
  'idleFree',
  'idleFragment',
  'idleStranded',
  'idleTail',
  'idleBoot',
  'idleReserved',
  'idleClaim',
] as const satisfies readonly Bucket[];

/** What one UTC hour cost a scope. */
export type SpendHour = {
  readonly hourAt: Date;
  readonly milliGpuSeconds: bigint;
  /** Nano of the instance's currency by rate mode; what has no price adds nothing here and stands in `unpriced`. */
  readonly loadedNano: bigint;
  readonly openCostNano: bigint;
  /** Milli-GPU-seconds without a price. */
  readonly unpriced: bigint;
  /** Milli-GPU-seconds that rest on an assumption or a reconstruction. */
  readonly estimated: bigint;
  /** False as long as the hour is computed from intervals of at least one cluster. */
  readonly sealed: boolean;
};
