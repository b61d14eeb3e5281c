import * as z from 'zod';
import { apartList, type Counters, storedCounters } from '../../domain/drift/counters.ts';

const storedSchema = z.object({
  schema: z.literal(1),
  features: z.record(
    z.uuid(),
    z.object({ counts: z.array(z.int()), sums: z.array(z.string()), apart: z.array(z.int()) }),
  ),
});

/** Counters of a training reference by feature id, from its column. */
export function countersOfReference(stored: unknown): Map<string, Counters> {
  const { features } = storedSchema.parse(stored);
  return new Map(
    Object.entries(features).map(([featureId, { counts, sums, apart }]) => [
      featureId,
      storedCounters(counts, sums.map(BigInt), apart),
    ]),
  );
}

/** Counters by feature id as the column of a training reference keeps them. */
export function referenceColumn(counters: ReadonlyMap<string, Counters>): z.input<typeof storedSchema> {
  const features = [...counters].map(([featureId, one]) => [
    featureId,
    { counts: [...one.counts], sums: one.sums.map(String), apart: apartList(one) },
  ]);
  return { schema: 1, features: Object.fromEntries(features) };
}
