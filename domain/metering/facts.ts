import * as z from 'zod';

const fractionSchema = z.object({ n: z.int(), d: z.int().positive() });

/** How the node was bought, which decides its price row. */
export const capacityTypes = ['onDemand', 'spot', 'reserved', 'owned'] as const;
export type CapacityType = (typeof capacityTypes)[number];

/** Where held GPU time goes; exactly one at a time. Buckets of pods first, then those of a node. */
export const podBuckets = [
  'serving',
  'warmup',
  'startupHold',
  'unready',
  'crashloopHold',
  'drain',
  'nodeLost',
  /** Pods of the cluster itself: kube-system, monitoring agents. */
  'system',
] as const;
export type PodBucket = (typeof podBuckets)[number];

export const nodeBuckets = [
  'idleFree',
  'idleFragment',
  'idleStranded',
  'idleTail',
  'idleBoot',
  'idleReserved',
  /** Claimed without a pod, by a namespace that nobody answers for. */
  'idleClaim',
  /** Claimed without a pod, and paid for by whoever claimed it. */
  'claimHold',
  'unhealthy',
  'unobserved',
  /** What rounding down leaves of a node-hour. */
  'rounding',
] as const;
type NodeBucket = (typeof nodeBuckets)[number];
export type Bucket = PodBucket | NodeBucket;

/** Roles of a revision in costs. */
export const costRoles = ['stable', 'canary', 'shadow', 'retiring', 'training', 'batch', 'dev'] as const;
export type CostRole = (typeof costRoles)[number];

/** `watch`: API timestamps; `observed`: database clock at receipt; `relist` and `backfill` as reconstructed after a gap. */
export const factSources = ['watch', 'observed', 'relist', 'backfill'] as const;
export type FactSource = (typeof factSources)[number];

/** What a node is over an interval; a change of any of it begins a new interval. */
export const nodeFactsSchema = z.object({
  schema: z.literal(1),
  name: z.string(),
  instanceType: z.string().nullable(),
  region: z.string().nullable(),
  zone: z.string().nullable(),
  capacityType: z.enum(capacityTypes),
  /** Value of nvidia.com/gpu.product without "-SHARED" and "-MIG-…"; null for a node without GPUs. */
  gpuProduct: z.string().nullable(),
  /** Physical GPUs, however they are shared. */
  physicalGpus: z.int().min(0),
  /** Physical GPUs that are there but not allocatable. */
  unhealthyGpus: fractionSchema,
  /** Physical GPUs that ResourceClaims hold without a pod; left out when there are none. */
  claimedGpus: fractionSchema.optional(),
  /** The same by the namespace of the claims, in rising order. */
  claims: z.array(z.object({ namespace: z.string(), gpu: fractionSchema })).optional(),
  /** False from the node's creation until its GPUs are allocatable. */
  gpusRegistered: z.boolean(),
  milliCpu: z.int().min(0),
  memoryMib: z.int().min(0),
});
export type NodeFacts = z.infer<typeof nodeFactsSchema>;

/** What a pod is over an interval. Of foreign pods only owner, labels, requests and status are kept, never env. */
export const podFactsSchema = z.object({
  schema: z.literal(1),
  namespace: z.string(),
  name: z.string(),
  /** From the pod's controller upwards. */
  owners: z.array(z.object({ kind: z.string(), name: z.string(), uid: z.string() })),
  labels: z.record(z.string(), z.string()),
  /** ServiceRevision by our label where the owner carries our id record; null otherwise. */
  revisionId: z.string().nullable(),
  /** Digests that run, from imageID. */
  imageDigests: z.array(z.string()),
  /** Exact share of physical GPUs of its node. */
  gpu: fractionSchema,
  /** The share rests on an assumption (unknown product, claim without details). */
  gpuEstimated: z.boolean(),
  milliCpu: z.int().min(0),
  memoryMib: z.int().min(0),
  /** Run id of a training job; null for anything else. */
  runId: z.string().nullable(),
});
export type PodFacts = z.infer<typeof podFactsSchema>;

/** Facts of a node over [fromAt, toAt); toAt null while it lasts. */
export type NodeInterval = {
  readonly clusterId: string;
  readonly nodeUid: string;
  readonly fromAt: Date;
  readonly toAt: Date | null;
  readonly facts: NodeFacts;
  readonly source: FactSource;
  readonly estimated: boolean;
};

/** Facts and bucket of a bound pod over [fromAt, toAt); a pod without a node holds nothing and has no interval. */
export type PodInterval = {
  readonly clusterId: string;
  readonly podUid: string;
  readonly nodeUid: string;
  readonly fromAt: Date;
  readonly toAt: Date | null;
  readonly bucket: PodBucket;
  readonly facts: PodFacts;
  readonly source: FactSource;
  readonly estimated: boolean;
};
