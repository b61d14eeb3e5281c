import * as z from 'zod';
import type { CountedLooks } from '../../../domain/drift/histogram-series.ts';

/** JSON has no Infinity: null stands for it. */
const bucketSchema = z.tuple([z.number().nullable(), z.number().nullable(), z.int().min(0)]);
const looksSchema = z.object({
  schema: z.literal(1),
  /** Series, Unix ms, buckets as [from, to, count]. */
  series: z.array(z.tuple([z.string(), z.number(), z.array(bucketSchema)])),
});

const finite = (bound: number) => (Number.isFinite(bound) ? bound : null);

/** The looks as they are stored. */
export function storedLooks(looks: CountedLooks): z.input<typeof looksSchema> {
  return {
    schema: 1,
    series: [...looks.values()].map(({ series, atMs, buckets }) => [
      series,
      atMs,
      buckets.map(({ from, to, count }) => [finite(from), finite(to), count]),
    ]),
  };
}

export function readLooks(stored: unknown): CountedLooks {
  const { series } = looksSchema.parse(stored);
  return new Map(
    series.map(([name, atMs, buckets]) => [
      name,
      {
        series: name,
        atMs,
        buckets: buckets.map(([from, to, count]) => ({
          from: from ?? Number.NEGATIVE_INFINITY,
          to: to ?? Number.POSITIVE_INFINITY,
          count,
        })),
      },
    ]),
  );
}
