import { and, eq, ne } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftBinning, driftFeature } from '../../db/schema/drift.ts';
import { storedBinningSchema } from '../../domain/drift/binning-schema.ts';
import type { BinnedFeature } from '../../domain/drift/feature.ts';
import { rebaseThatLearns } from './next-binning.ts';

/** A feature that is counted; `aliases` are other names under which its column may be sent. */
export type CountedFeature = BinnedFeature & { readonly aliases: readonly string[] };

export type CountingBinning = {
  readonly binningId: string;
  readonly features: readonly CountedFeature[];
  /** Rows count on both. */
  readonly state: 'active' | 'next';
};

/** What new rows of a service are counted on, the active binning first; without ignored features. Empty before any is learned. */
export async function activeBinnings(queries: Queries, serviceId: string): Promise<CountingBinning[]> {
  const rows = await queries
    .select({ id: driftBinning.id, state: driftBinning.state, features: driftBinning.features })
    .from(driftBinning)
    .where(and(eq(driftBinning.serviceId, serviceId), ne(driftBinning.state, 'former')))
    .orderBy(driftBinning.state, driftBinning.number);
  if (rows.length === 0) return [];
  const counted = await countedFeatures(queries, serviceId);
  return rows.map(({ id, state, features }) => ({
    binningId: id,
    state: state === 'next' ? 'next' : 'active',
    features: storedBinningSchema.parse(features).features.flatMap((feature) => {
      const row = counted.get(feature.featureId);
      return row === undefined ? [] : [{ ...feature, ...row }];
    }),
  }));
}

/** Names and roles are those of the rows: they may change while the bins do not. */
async function countedFeatures(queries: Queries, serviceId: string) {
  const rows = await queries
    .select({
      id: driftFeature.id,
      name: driftFeature.name,
      role: driftFeature.role,
      aliases: driftFeature.aliases,
    })
    .from(driftFeature)
    .where(and(eq(driftFeature.serviceId, serviceId), eq(driftFeature.state, 'counted')));
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

/**
 * Whether rows of the service are kept (at most 10,000, a day at most) so that bins can be learned from them: it has no
 * binning yet, a feature that is counted has no bins, or signers let all of them be learned anew.
 */
export async function wantsReservoir(queries: Queries, serviceId: string): Promise<boolean> {
  const binnings = await activeBinnings(queries, serviceId);
  if (binnings.length === 0) return true;
  if ((await rebaseThatLearns(queries, serviceId)) !== null) return true;
  const binned = new Set(binnings.flatMap(({ features }) => features.map(({ featureId }) => featureId)));
  return [...(await countedFeatures(queries, serviceId)).keys()].some((id) => !binned.has(id));
}
