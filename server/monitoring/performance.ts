import type { Queries } from '../../db/client.ts';
import type { driftMonitor } from '../../db/schema/drift.ts';
import type { NumericBinning } from '../../domain/drift/binning.ts';
import { noRows } from '../../domain/drift/counters.ts';
import { type BinnedFeature, wholeSegment } from '../../domain/drift/feature.ts';
import { labelSegment } from '../../domain/drift/label.ts';
import { residualSegment, truthSegments } from '../../domain/drift/label-target.ts';
import { dispersionsSchema, type MonitorSettings } from '../../domain/drift/monitor-schema.ts';
import { type ClassPerformance, classPerformance } from '../../domain/performance/class-performance.ts';
import {
  type ScoredRows,
  type ScorePerformance,
  scorePerformance,
} from '../../domain/performance/score-performance.ts';
import { type ValuePerformance, valuePerformance } from '../../domain/performance/value-performance.ts';
import { readCounters, readSegments } from '../rows/drift-counters.ts';

const hourMs = 3_600_000;
/** What is measured was answered in so long a time before the labels were due. */
const shownMs = 21 * 24 * hourMs;

type Named = {
  readonly featureId: string;
  readonly name: string;
  /** Predictions before it are measured, since their labels should be there. */
  readonly measuredUntil: Date;
};
export type FeaturePerformance = Named &
  (
    | ({ readonly of: 'score'; readonly declaredThreshold: number } & ScorePerformance)
    | ({ readonly of: 'class' } & ClassPerformance)
    | ({ readonly of: 'value' } & ValuePerformance)
  );

type Asked = {
  readonly monitor: Pick<typeof driftMonitor.$inferSelect, 'serviceId' | 'dispersions'>;
  readonly settings: Pick<MonitorSettings, 'labels'>;
  readonly binningId: string;
  readonly features: readonly BinnedFeature[];
  readonly now: Date;
};
type Times = { readonly from: Date; readonly until: Date; readonly to: Date };

/** How the predictions of a service did: measured where labels should be there, of scores also estimated after that. */
export async function performanceOf(queries: Queries, asked: Asked): Promise<FeaturePerformance[]> {
  const { monitor, features, now, settings } = asked;
  const untilMs = Math.floor(now.getTime() / hourMs - settings.labels.delayHours) * hourMs;
  const times = { from: new Date(untilMs - shownMs), until: new Date(untilMs), to: now };
  const phis = dispersionsSchema.safeParse(monitor.dispersions).data?.features ?? {};
  const found: FeaturePerformance[] = [];
  for (const feature of features) {
    const phi = phis[feature.featureId]?.distribution?.phi ?? 1;
    const one = await performanceOfOne(queries, asked, { feature, phi, times });
    const { featureId, name } = feature;
    if (one !== null) found.push({ featureId, name, measuredUntil: times.until, ...one });
  }
  return found;
}

type One = { readonly feature: BinnedFeature; readonly phi: number; readonly times: Times };
type Found = FeaturePerformance extends infer Each
  ? Each extends Named
    ? Omit<Each, keyof Named>
    : never
  : never;

async function performanceOfOne(
  queries: Queries,
  asked: Asked,
  { feature, phi, times }: One,
): Promise<Found | null> {
  const { binning, featureId, role } = feature;
  const { serviceId } = asked.monitor;
  const old = { serviceId, binningId: asked.binningId, from: times.from, to: times.until };
  if (role === 'score' && binning.kind === 'numeric') {
    const of = { ...asked, featureId, binning };
    const declaredThreshold = asked.settings.labels.threshold;
    const performance = scorePerformance(binning, {
      old: await scoredRows(queries, of, [times.from, times.until]),
      recent: await scoredRows(queries, of, [times.until, times.to]),
      phi,
      declared: declaredThreshold,
    });
    return performance === null ? null : { of: 'score', declaredThreshold, ...performance };
  }
  if (role !== 'class' && role !== 'value') return null;
  const prefix = role === 'class' ? truthSegments : residualSegment;
  const bySegment = await readSegments(queries, { ...old, featureId, prefix });
  if (bySegment.size === 0) return null;
  const all = (await readCounters(queries, { ...old, featureIds: [featureId] })).get(featureId);
  const rows = { all: all ?? noRows(binning), phi };
  if (role === 'class')
    return binning.kind === 'numeric'
      ? null
      : { of: 'class', ...classPerformance(binning, { ...rows, bySegment }) };
  if (binning.kind !== 'numeric') return null;
  const residuals = bySegment.get(residualSegment);
  return { of: 'value', ...valuePerformance(binning, { ...rows, residuals }) };
}

type OneScore = Asked & { readonly featureId: string; readonly binning: NumericBinning };

async function scoredRows(
  queries: Queries,
  { monitor: { serviceId }, binningId, featureId, binning }: OneScore,
  [from, to]: readonly [Date, Date],
): Promise<ScoredRows> {
  const of = async (segment: string) => {
    const asked = { serviceId, binningId, featureIds: [featureId], segment, from, to };
    return (await readCounters(queries, asked)).get(featureId) ?? noRows(binning);
  };
  return {
    all: await of(wholeSegment),
    positives: await of(labelSegment(1)),
    negatives: await of(labelSegment(0)),
  };
}
