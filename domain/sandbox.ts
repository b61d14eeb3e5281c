import * as z from 'zod';
import { idSchema } from './name.ts';
import { jobRunSchema } from './sandbox/job-run.ts';

const share = z.number().min(0).max(1);

/** What a sandbox service is sent, per second over the day's mean, and what its gateway does to its route. */
export const serviceBehaviourSchema = z.strictObject({
  requestsPerSecond: z.number().min(0).max(100_000),
  /** `fight`: another manager rewrites the route's weights after each of our writes. */
  fault: z.enum(['none', 'routeRejected', 'fight']),
});
export type ServiceBehaviour = z.infer<typeof serviceBehaviourSchema>;

/** How a ModelVersion answers and starts; every pod that runs it does the same. */
export const modelVersionBehaviourSchema = z.strictObject({
  errorShare: share,
  /** Share of requests whose latency is drawn around ten times `latencyMs`. */
  slowShare: share,
  /** Median latency of the others. */
  latencyMs: z.number().min(1).max(60_000),
  gpuMemoryShare: share,
  /** From scheduled to ready; a pod adds up to a fifth of its own. */
  readyAfterMs: z.int().min(0).max(3_600_000),
  fault: z.enum(['none', 'neverReady', 'crashLoop', 'imagePull']),
  /** Of a server of language models: tokens of a request, and which share of its prompt the prefix cache has. */
  tokens: z
    .strictObject({
      prompt: z.int().min(0).max(1_000_000),
      generated: z.int().min(0).max(1_000_000),
      cachedShare: share,
    })
    .optional(),
});
export type ModelVersionBehaviour = z.infer<typeof modelVersionBehaviourSchema>;

/** What the cluster itself offers; `unreachable` is its API server, `metricsUnreachable` its metrics source. */
export const clusterBehaviourSchema = z.strictObject({
  fault: z.enum(['none', 'unreachable', 'metricsUnreachable']),
  gpuNodes: z.int().min(0).max(100),
  gpusPerNode: z.int().min(0).max(16),
  /** Products of the GPU nodes in turn; rows from before there was more than one have none. */
  gpuProducts: z.array(z.string().min(1).max(80)).min(1).max(8).optional(),
  /** What else runs on the cluster, on GPUs of its own. */
  jobs: z.array(jobRunSchema).max(200).optional(),
});
export type ClusterBehaviour = z.infer<typeof clusterBehaviourSchema>;

export const defaultServiceBehaviour: ServiceBehaviour = { requestsPerSecond: 20, fault: 'none' };
export const defaultModelVersionBehaviour: ModelVersionBehaviour = {
  errorShare: 0.005,
  slowShare: 0.01,
  latencyMs: 80,
  gpuMemoryShare: 0.55,
  readyAfterMs: 6_000,
  fault: 'none',
};
export const defaultClusterBehaviour: ClusterBehaviour = { fault: 'none', gpuNodes: 2, gpusPerNode: 4 };

/** What the sandbox's GPU nodes are unless it was told otherwise: one product after the other. */
export const sandboxGpuProducts = ['NVIDIA-H100-80GB-HBM3', 'NVIDIA-L4'] as const;

/** One thing the sandbox is told; fields that are left out keep what they are. */
export const sandboxChangeSchema = z.discriminatedUnion('subject', [
  z.object({
    subject: z.literal('service'),
    serviceId: idSchema,
    behaviour: serviceBehaviourSchema.partial(),
  }),
  z.object({
    subject: z.literal('modelVersion'),
    modelVersionId: idSchema,
    behaviour: modelVersionBehaviourSchema.partial(),
  }),
  z.object({ subject: z.literal('cluster'), behaviour: clusterBehaviourSchema.partial() }),
]);
export type SandboxChange = z.infer<typeof sandboxChangeSchema>;

/** Key of a stored behaviour: `service:<id>`, `modelVersion:<id>` or `cluster`. */
export type SandboxSubject = `service:${string}` | `modelVersion:${string}` | 'cluster';

/** Values from instants on (Unix milliseconds, ascending); before the first one the default holds. */
export type Timeline<T> = readonly { readonly atMs: number; readonly value: T }[];

/** The value in force at an instant, or the given default before the first. */
export function valueAt<T>(timeline: Timeline<T>, atMs: number, before: T): T {
  let from = 0;
  let to = timeline.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((timeline[middle]?.atMs ?? 0) <= atMs) from = middle + 1;
    else to = middle;
  }
  return timeline[from - 1]?.value ?? before;
}
