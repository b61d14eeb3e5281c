import * as z from 'zod';

/**
 * A pod of the sandbox that no Service asked for: a training run, a notebook. It runs on a node of its own, so that it
 * takes no GPU from anybody, and is there for metering only.
 */
export const jobRunSchema = z.strictObject({
  name: z.string().min(1).max(63),
  namespace: z.string().min(1).max(63),
  kind: z.enum(['Job', 'PyTorchJob', 'StatefulSet']),
  /** What the ModelVersion's lineage names, too; null for what trains nothing. */
  runId: z.string().max(200).nullable(),
  gpuCount: z.int().min(1).max(8),
  startMs: z.int(),
  /** Null while it goes on. */
  endMs: z.int().nullable(),
});
export type JobRun = z.infer<typeof jobRunSchema>;

const imagePullMs = 20_000;
/** A finished pod is kept a minute, as a job's time to live says. */
const keptMs = 60_000;

/** When a run's pod changes, in rising order; `endedMs` and `goneMs` null while it goes on. */
export function jobTimes({ startMs, endMs }: Pick<JobRun, 'startMs' | 'endMs'>) {
  const runsMs = startMs + imagePullMs;
  const endedMs = endMs === null ? null : Math.max(endMs, runsMs);
  return { startMs, runsMs, endedMs, goneMs: endedMs === null ? null : endedMs + keptMs };
}
