import * as z from 'zod';
import type { Binning } from './binning.ts';
import { featureRoles } from './feature.ts';

const finite = z.number();
const ascending = (values: readonly number[]) =>
  values.every((value, index) => index === 0 || value > (values[index - 1] ?? value));

const numericSchema = z
  .object({
    kind: z.literal('numeric'),
    edges: z.array(finite).max(200).refine(ascending, 'Edges ascend and are distinct.'),
    points: z.array(z.boolean()).max(200),
    scale: z.object({ centre: finite, step: z.number().positive() }),
    deviation: z.number().nonnegative(),
    low: finite,
    high: finite,
  })
  .refine(({ edges, points }) => edges.length === points.length, 'Every edge is a point mass or not.')
  .refine(({ low, high }) => low <= high, 'The low end is not above the high one.');

const orderedSchema = z.object({
  kind: z.literal('ordered'),
  values: z.array(z.int()).min(1).max(200).refine(ascending, 'Values ascend and are distinct.'),
  deviation: z.number().nonnegative(),
});

const categoricalSchema = z.object({
  kind: z.literal('categorical'),
  categories: z.array(z.string()).min(1).max(200),
  tail: z.union([z.array(z.string()).max(10_000), z.literal('open')]),
});

/** Binnings of numbers, as a client may learn them where its data lies. */
export const numberBinningSchema = z.discriminatedUnion('kind', [numericSchema, orderedSchema]);

const binningSchema: z.ZodType<Binning, Binning> = z.discriminatedUnion('kind', [
  numericSchema,
  orderedSchema,
  categoricalSchema,
]);

/** One feature of a binning as it is stored and told to clients. */
export const binnedFeatureSchema = z.object({
  featureId: z.uuid(),
  name: z.string(),
  role: z.enum(featureRoles),
  binning: binningSchema,
});

/** The features of a binning as they are stored. */
export const storedBinningSchema = z.object({ schema: z.literal(1), features: z.array(binnedFeatureSchema) });
