import * as z from 'zod';
import { runningImageSchema } from './running-image.ts';

/** What is seen of a watched service's workload. */
export const watchedStatusSchema = z.object({
  images: z.array(runningImageSchema),
  unknownPodCount: z.int(),
  desiredReplicas: z.int(),
  readyReplicas: z.int(),
  gpuCount: z.int(),
  /** What is to be known about it in words: gone, scaled to zero, several digests; null when nothing is special. */
  sentence: z.string().nullable(),
});
