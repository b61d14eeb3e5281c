import * as z from 'zod';

/** Whole parts in a million, so that the budget is exact: at most four decimals of a per cent. */
const targetSchema = z
  .number()
  .min(50, 'A target is at least 50 %.')
  .max(99.999, 'A target is at most 99.999 %: less than one bad request in 100,000 cannot be told.')
  .refine(
    (target) => Math.abs(target * 10_000 - Math.round(target * 10_000)) < 1e-6,
    'A target has at most four decimals.',
  );

/** Objectives as they are typed in and stored; apart from their arithmetic, so that pages that only show them leave zod out. */
export const objectivesSchema = z.object({
  schema: z.literal(1).default(1),
  /** Per cent of requests that are answered without an error. */
  errors: z.object({ targetPercent: targetSchema }).nullable().default(null),
  /** Per cent of requests that are answered within `slowerThanMs`, a boundary of the latency buckets. */
  latency: z
    .object({ targetPercent: targetSchema, slowerThanMs: z.number().gt(0).max(3_600_000) })
    .nullable()
    .default(null),
});
