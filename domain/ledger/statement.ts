import * as z from 'zod';

const amount = z.string().regex(/^-?\d{1,38}$/);

/** Milli-GPU-seconds and nano of the currency by rate mode, as text: they cross JSON whole. */
const amountsSchema = z.object({
  milliGpuSeconds: amount,
  loadedNano: amount,
  openCostNano: amount,
  /** Milli-GPU-seconds without a price. */
  unpriced: amount,
});
export type StatementAmounts = z.infer<typeof amountsSchema>;

const lineSchema = amountsSchema.extend({
  /** Id of a model, a bucket, a product; null for pods of none. */
  key: z.string().nullable(),
  name: z.string(),
});
export type StatementLine = z.infer<typeof lineSchema>;

/** What a closed month cost a project: frozen, with a digest in the audit chain. */
export const statementSchema = z.object({
  schema: z.literal(1),
  /** First day of the month, UTC. */
  month: z.string().regex(/^\d{4}-\d{2}-01$/),
  projectId: z.string(),
  projectName: z.string(),
  costCentre: z.string().nullable(),
  currency: z.string().nullable(),
  /** Of the hours of this month. */
  total: amountsSchema,
  byModel: z.array(lineSchema),
  byBucket: z.array(lineSchema),
  byProduct: z.array(lineSchema),
  /** Its part of idle time on GPUs of the same product and cluster, by GPU time; not in the total. */
  idleShare: amountsSchema,
  /** Later differences of months that were closed before, posted in this one; not in the total. */
  corrections: z.array(lineSchema),
});
export type Statement = z.infer<typeof statementSchema>;

/** First moment of the month of an instant, UTC. */
export const monthOf = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));

/** First moment of the month after. */
export const nextMonth = (month: Date): Date =>
  new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1));

export const monthText = (month: Date): string => month.toISOString().slice(0, 7);
