import { type Transaction, transaction } from '../../db/client.ts';
import { driftFeature } from '../../db/schema/drift.ts';
import { binningOfBounds, countersOfBuckets } from '../../domain/drift/bucket-binning.ts';
import type { ContributionPart } from '../../domain/drift/contribution.ts';
import { type BinnedFeature, wholeSegment } from '../../domain/drift/feature.ts';
import { type Bucket, boundsOfBuckets, countsBetween } from '../../domain/drift/histogram-buckets.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { appendAudit } from '../audit/append.ts';
import { newId } from '../id.ts';
import { extendBinnings, featureRows, insertBinning, lockFeatures } from '../store-features.ts';
import type { IngestParts } from './ingest-parts.ts';
import type { Counting } from './service-catalogue.ts';

/** Features that a service may have; metrics of ever new names must not fill it. */
const mostFeatures = 500;

/** A histogram that was counted elsewhere, under the name of the feature that it is. */
export type FeatureHistogram = { readonly feature: string; readonly buckets: readonly Bucket[] };

const otherBounds =
  'The buckets do not fit the bins that the feature is counted by: they are coarser, or have other bounds.';

/** What a histogram adds to the window on every binning; nothing for a feature that a person ignores or that has no bins yet. */
export function histogramParts(
  { feature: name, buckets }: FeatureHistogram,
  { catalogue }: Counting,
  { revisionId, windowMs }: { readonly revisionId: string; readonly windowMs: number },
): ContributionPart[] | string {
  const parts: ContributionPart[] = [];
  for (const { binningId, features } of catalogue.binnings) {
    const feature = features.find((one) => one.name === name || one.aliases.includes(name));
    if (feature === undefined) continue;
    const { featureId, binning } = feature;
    const counts = binning.kind === 'numeric' ? countsBetween(binning.edges, buckets) : null;
    if (binning.kind !== 'numeric' || counts === null) return otherBounds;
    parts.push({
      binningId,
      revisionId,
      featureId,
      windowMs,
      segment: wholeSegment,
      finest: 'fiveMinutes',
      counters: countersOfBuckets(binning, counts),
    });
  }
  return parts;
}

/** The service as it counts once every histogram that is new to it, and tells bounds, has become a feature. */
export async function withFeatures(
  parts: IngestParts,
  serviceId: string,
  histograms: readonly FeatureHistogram[],
): Promise<Counting> {
  const counting = await parts.catalogues.of(serviceId);
  const { plan, binnings } = counting.catalogue;
  const wanted = new Map<string, Wanted>();
  for (const { feature, buckets } of histograms) {
    if (plan.places.has(feature) || plan.passed.has(feature) || wanted.has(feature)) continue;
    const bounds = boundsOfBuckets(buckets);
    if (bounds !== null)
      wanted.set(feature, { feature, bounds, counts: countsBetween(bounds, buckets) ?? [] });
  }
  if (wanted.size === 0 || (binnings[0]?.features.length ?? 0) + wanted.size > mostFeatures) return counting;
  await transaction(parts.db, (tx) => addFeatures(tx, counting, [...wanted.values()]));
  return await parts.catalogues.of(serviceId);
}

type Wanted = {
  readonly feature: string;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
};

async function addFeatures(
  tx: Transaction,
  { catalogue, nowMs }: Counting,
  wanted: readonly Wanted[],
): Promise<void> {
  const { projectId, serviceId, serviceName } = catalogue;
  const now = new Date(nowMs);
  await lockFeatures(tx, serviceId);
  const known = await featureRows(tx, serviceId);
  const added: BinnedFeature[] = [];
  for (const { feature: name, bounds, counts } of wanted.filter(({ feature }) => !known.has(feature))) {
    const id = newId();
    await tx.insert(driftFeature).values({
      id,
      projectId,
      serviceId,
      name,
      role: 'latency',
      state: 'counted',
      why: null,
      createdAt: now,
    });
    added.push({ featureId: id, name, role: 'latency', binning: binningOfBounds(bounds, counts) });
  }
  if (added.length === 0) return;
  if (catalogue.binnings.length > 0) await extendBinnings(tx, serviceId, added);
  else await insertBinning(tx, { projectId, serviceId, now }, { features: added, state: 'active', by: null });
  const names = added.map(({ name }) => name);
  await appendAudit(tx, {
    projectId,
    actor: systemPrincipal,
    action: 'features.learn',
    now,
    origin: 'live',
    drafts: [
      {
        object: { kind: 'service', id: serviceId, name: serviceName },
        sentence: `counts ${names.join(', ')} of ${serviceName} by the bounds of their histograms`,
        after: { features: names },
      },
    ],
  });
}
