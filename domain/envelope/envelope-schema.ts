import * as z from 'zod';
import type { Envelope } from './envelope.ts';

const amountsSchema = z.record(z.string(), z.int().min(0));
const partSchema = z.object({
  phase: z.enum(['starting', 'stepping', 'finishing']),
  stepIndex: z.int().min(0),
  ms: z.int().min(0),
  milliGpu: amountsSchema,
});

/** An envelope as it is stored with a reservation. */
export const envelopeSchema: z.ZodType<Envelope> = z.object({
  schema: z.literal(1),
  before: amountsSchema,
  after: amountsSchema,
  parts: z.array(partSchema),
  rollBack: z.array(partSchema),
  longestMs: z.int().min(0),
});
