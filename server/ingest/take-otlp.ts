import { type Database, type Transaction, transaction } from '../../db/client.ts';
import { driftFeature } from '../../db/schema/drift.ts';
import { binningOfBounds, countersOfBuckets, hasBounds } from '../../domain/drift/bucket-binning.ts';
import { type ContributionPart, packContribution } from '../../domain/drift/contribution.ts';
import { type BinnedFeature, wholeSegment } from '../../domain/drift/feature.ts';
import { type OtlpHistogram, otlpHistograms, otlpMetricsSchema } from '../../domain/drift/otlp-metrics.ts';
import { earliestMs, latestMs, rejectSentences } from '../../domain/drift/row-reject.ts';
import { fiveMinutesMs } from '../../domain/drift/window.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { appendAudit } from '../audit/append.ts';
import { sha256 } from '../digest.ts';
import { newId } from '../id.ts';
import { parseInput } from '../parse-input.ts';
import { extendBinnings, featureRows, insertBinning, lockFeatures } from '../store-features.ts';
import type { IngestParts } from './ingest-parts.ts';
import { jsonOf } from './json-of.ts';
import { revisionIdOfPod } from './revision-of.ts';
import type { Counting } from './service-catalogue.ts';

/** Features that a service may have; metrics of ever new names must not fill it. */
const mostFeatures = 500;

/** As the protocol has it: what was not taken, and why. */
export type OtlpAnswer = { readonly partialSuccess?: { rejectedDataPoints: string; errorMessage: string } };

const noRevision =
  'The resource names no revision of the service: set k8s.pod.name (of a pod that the worker has seen) or fairlead.revision.';
const otherBounds = 'The bounds are not those that the feature is counted by.';

/** Takes an export of metrics: histograms of known conventions become features with their bounds as bins. */
export async function takeOtlp(parts: IngestParts, serviceId: string, body: Buffer): Promise<OtlpAnswer> {
  const { histograms, rejected } = otlpHistograms(parseInput(otlpMetricsSchema, jsonOf(body)));
  const reasons = new Map(rejected);
  const reject = (sentence: string) => void reasons.set(sentence, (reasons.get(sentence) ?? 0) + 1);
  const counting = await withFeatures(parts, serviceId, histograms);
  const { catalogue, nowMs } = counting;
  const revisionOf = await revisions(parts.db, counting, histograms);
  const found: ContributionPart[] = [];
  const rows = new Map<string, number>();
  for (const histogram of histograms) {
    const revisionId = revisionOf(histogram);
    const added = revisionId === null ? noRevision : partsOf(histogram, counting, revisionId);
    if (typeof added === 'string') {
      reject(added);
      continue;
    }
    found.push(...added);
    const before = rows.get(histogram.feature) ?? 0;
    rows.set(
      histogram.feature,
      histogram.counts.reduce((sum, count) => sum + count, before),
    );
  }
  const digest = sha256(body);
  await parts.appender.append({
    projectId: catalogue.projectId,
    serviceId,
    source: 'otlp',
    // A collector repeats an export as it was.
    batchId: digest,
    sha256: digest,
    contribution: found.length === 0 ? null : packContribution(found),
    rows: Math.max(0, ...rows.values()),
    rejected: 0,
    receivedAt: new Date(nowMs),
    rejectedByReason: new Map(),
    unknownNames: [],
    sampled: [],
  });
  return answerOf(reasons);
}

function answerOf(reasons: ReadonlyMap<string, number>): OtlpAnswer {
  if (reasons.size === 0) return {};
  const total = [...reasons.values()].reduce((sum, points) => sum + points, 0);
  return {
    partialSuccess: { rejectedDataPoints: String(total), errorMessage: [...reasons.keys()].join(' ') },
  };
}

async function revisions(
  db: Database,
  { catalogue }: Counting,
  histograms: readonly OtlpHistogram[],
): Promise<(histogram: OtlpHistogram) => string | null> {
  const byPod = new Map<string, string | null>();
  for (const { pod, revision } of histograms)
    if (pod !== null && revision === null && !byPod.has(pod))
      byPod.set(pod, await revisionIdOfPod(db, catalogue, pod));
  return ({ pod, revision }) => {
    const id = byPod.get(pod ?? '');
    const found = catalogue.revisions.find((one) =>
      revision === null ? one.id === id : one.number === revision,
    );
    return found?.id ?? null;
  };
}

/** Nothing for a feature that a person ignores. */
function partsOf(
  { feature: name, atMs, bounds, counts }: OtlpHistogram,
  { catalogue, nowMs }: Counting,
  revisionId: string,
): ContributionPart[] | string {
  if (atMs > nowMs + earliestMs) return rejectSentences.future.replace('ts', 'timeUnixNano');
  if (atMs < nowMs - latestMs) return rejectSentences.late.replace('ts', 'timeUnixNano');
  // The time of a point is the end of its stretch.
  const windowMs = Math.floor((atMs - 1) / fiveMinutesMs) * fiveMinutesMs;
  const parts: ContributionPart[] = [];
  for (const { binningId, features } of catalogue.binnings) {
    const feature = features.find((one) => one.name === name || one.aliases.includes(name));
    if (feature === undefined) continue;
    const { featureId, binning } = feature;
    if (binning.kind !== 'numeric' || !hasBounds(binning, bounds)) return otherBounds;
    const counters = countersOfBuckets(binning, counts);
    parts.push({
      binningId,
      revisionId,
      featureId,
      windowMs,
      segment: wholeSegment,
      finest: 'fiveMinutes',
      counters,
    });
  }
  return parts;
}

/** The service as it counts once every histogram that is new to it has become a feature. */
async function withFeatures(
  parts: IngestParts,
  serviceId: string,
  histograms: readonly OtlpHistogram[],
): Promise<Counting> {
  const counting = await parts.catalogues.of(serviceId);
  const { plan, binnings } = counting.catalogue;
  const isNew = ({ feature }: OtlpHistogram) => !plan.places.has(feature) && !plan.passed.has(feature);
  const wanted = [
    ...new Map(histograms.filter(isNew).map((histogram) => [histogram.feature, histogram])).values(),
  ];
  if (wanted.length === 0 || (binnings[0]?.features.length ?? 0) + wanted.length > mostFeatures)
    return counting;
  await transaction(parts.db, (tx) => addFeatures(tx, counting, wanted));
  return await parts.catalogues.of(serviceId);
}

async function addFeatures(
  tx: Transaction,
  { catalogue, nowMs }: Counting,
  wanted: readonly OtlpHistogram[],
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
