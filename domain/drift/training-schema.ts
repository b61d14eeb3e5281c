import * as z from 'zod';
import { numberBinningSchema } from './binning-schema.ts';
import type { TrainingCounts } from './training-census.ts';

const rows = z.int().nonnegative();
const column = {
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'A name has no control characters.'),
  place: z.enum(['input', 'prediction']),
};

const columnSchema = z.discriminatedUnion('kind', [
  z.object({
    ...column,
    kind: z.literal('numbers'),
    binning: numberBinningSchema,
    counts: z.array(rows).max(500),
    sums: z.array(z.string().regex(/^-?\d{1,19}$/)).max(500),
    apart: z.array(rows).length(7),
  }),
  z.object({
    ...column,
    kind: z.literal('values'),
    values: z.array(z.tuple([z.string().max(256), z.int().positive()])).max(10_000),
    others: rows,
    nulls: rows,
    notFinite: rows,
    otherType: rows,
  }),
  z.object({ ...column, kind: z.literal('refused'), why: z.string().max(300) }),
]);

/** Bins and counts of training data as clients and browsers make them where it lies (training-census.ts). */
export const trainingCountsSchema: z.ZodType<TrainingCounts, TrainingCounts> = z.object({
  schema: z.literal(1),
  rows: z.int().positive('The table has no rows.'),
  columns: z
    .array(columnSchema)
    .min(1, 'The table has no column that can be counted.')
    .max(500, 'A reference has at most 500 columns.')
    .refine(
      (columns) => new Set(columns.map(({ name }) => name)).size === columns.length,
      'A column is there twice.',
    ),
});
