import type { Database } from '../../db/client.ts';
import { type ContributionPart, packContribution } from '../../domain/drift/contribution.ts';
import { type OtlpHistogram, otlpHistograms, otlpMetricsSchema } from '../../domain/drift/otlp-metrics.ts';
import { earliestMs, latestMs, rejectSentences } from '../../domain/drift/row-reject.ts';
import { fiveMinutesMs } from '../../domain/drift/window.ts';
import { sha256 } from '../digest.ts';
import { parseInput } from '../parse-input.ts';
import { histogramParts, withFeatures } from './histogram-features.ts';
import type { IngestParts } from './ingest-parts.ts';
import { revisionIdOfPod } from './revision-of.ts';
import type { Counting } from './service-catalogue.ts';

/** What was not taken, and why, as the protocol has it in JSON. */
export type OtlpAnswer = {
  readonly partialSuccess?: { readonly rejectedDataPoints: string; readonly errorMessage: string };
};

const noRevision =
  'The resource names no revision of the service: set k8s.pod.name (of a pod that the worker has seen) or fairlead.revision.';

type Export = {
  readonly body: Buffer;
  /** The body as JSON tells it. */
  readonly read: (body: Buffer) => unknown;
};

/** Takes an export of metrics: histograms of known conventions become features with their bounds as bins. */
export async function takeOtlp(
  parts: IngestParts,
  serviceId: string,
  { body, read }: Export,
): Promise<OtlpAnswer> {
  const { histograms, rejected } = otlpHistograms(parseInput(otlpMetricsSchema, read(body)));
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
      histogram.buckets.reduce((sum, { count }) => sum + count, before),
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

function partsOf(
  histogram: OtlpHistogram,
  counting: Counting,
  revisionId: string,
): ContributionPart[] | string {
  const { atMs } = histogram;
  const { nowMs } = counting;
  if (atMs > nowMs + earliestMs) return rejectSentences.future.replace('ts', 'timeUnixNano');
  if (atMs < nowMs - latestMs) return rejectSentences.late.replace('ts', 'timeUnixNano');
  // The time of a point is the end of its stretch.
  const windowMs = Math.floor((atMs - 1) / fiveMinutesMs) * fiveMinutesMs;
  return histogramParts(histogram, counting, { revisionId, windowMs });
}
