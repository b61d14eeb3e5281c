import * as z from 'zod';

/**
 * One GPU, or one MIG instance of it, over the window, as its own counters say it for one pod. A figure that the source does
 * not have is null, never 0.
 */
const gpuSampleSchema = z.object({
  /** Name of the node; null where the series names none. */
  node: z.string().nullable(),
  /** Name of the pod; null for a device that names none, as one that is cut by time. */
  pod: z.string().nullable(),
  device: z.string(),
  /** A MIG instance, which no two pods share. */
  instance: z.boolean(),
  /** Mean share of the time in which any kernel was on it, 0 to 1. */
  activity: z.number().nullable(),
  memoryPeakMib: z.number().nullable(),
  memoryTotalMib: z.number().nullable(),
});
export type GpuSample = z.infer<typeof gpuSampleSchema>;

export const gpuLookSchema = z.object({
  schema: z.literal(1),
  environments: z.array(
    z.object({
      environmentId: z.string(),
      samples: z.array(gpuSampleSchema),
      /** Why nothing could be asked; null when the source answered. */
      problem: z.string().nullable(),
    }),
  ),
});
/** What the metrics sources of some environments said about the GPUs of their pods. */
export type GpuLook = z.infer<typeof gpuLookSchema>;

export const gpuLookPayloadSchema = z.object({
  schema: z.literal(1),
  environments: z
    .array(
      z.object({
        environmentId: z.string(),
        /** Nodes on which its pods hold a part of a GPU, whose devices may name no pod. */
        sharedNodes: z.array(z.string()).max(5_000),
      }),
    )
    .max(1_000),
});
export type GpuLookPayload = z.infer<typeof gpuLookPayloadSchema>;
