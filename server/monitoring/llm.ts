import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { prometheusSource } from '../../db/schema/prometheus.ts';
import { roleInterval, service } from '../../db/schema/services.ts';
import { noRows } from '../../domain/drift/counters.ts';
import { type LlmFigure, type LlmMeasure, llmFigure, llmMeasure } from '../../domain/drift/llm-figures.ts';
import { type LlmHistogram, llmHistograms } from '../../domain/drift/llm-histograms.ts';
import { metricsSourceSchema } from '../../domain/environment.ts';
import { histogramSourceSchema } from '../../domain/prometheus-source.ts';
import { readCounters } from '../rows/drift-counters.ts';
import type { Monitored } from '../rows/monitored-service.ts';

const fiveMinutesMs = 300_000;
const dayMs = 86_400_000;

type LlmPanel = {
  readonly from: Date;
  readonly to: Date;
  readonly figures: readonly (LlmMeasure & {
    readonly featureId: string;
    /** The histogram of Prometheus from which it is counted; null for what was sent. */
    readonly metric: string | null;
    readonly stable: LlmFigure;
    /** Null while no canary takes traffic. */
    readonly canary: LlmFigure | null;
  })[];
};

/**
 * What a language model was measured by in the last day, or since its canary took effect: times, tokens, verdicts on its
 * answers, evaluation scores. Null for a service that sends nothing of the kind.
 */
export async function llmOf(
  db: Queries,
  { monitor: { serviceId }, binningId, features }: Monitored,
  now: Date,
): Promise<LlmPanel | null> {
  const scraped = await scrapedMeasures(db, serviceId);
  const read = features.flatMap((feature) => {
    const measure = llmMeasure(feature, scraped);
    return measure === null ? [] : [{ feature, measure }];
  });
  if (read.length === 0) return null;
  const roles = await db
    .select({ revisionId: roleInterval.revisionId, role: roleInterval.role, at: roleInterval.effectiveAt })
    .from(roleInterval)
    .where(
      and(
        eq(roleInterval.serviceId, serviceId),
        isNull(roleInterval.toAt),
        isNotNull(roleInterval.effectiveAt),
      ),
    );
  const canary = roles.find(({ role }) => role === 'canary');
  const sinceMs = Math.max(now.getTime() - dayMs, canary?.at?.getTime() ?? Number.NEGATIVE_INFINITY);
  const from = new Date(Math.ceil(sinceMs / fiveMinutesMs) * fiveMinutesMs);
  const featureIds = read.map(({ feature }) => feature.featureId);
  const countersOf = async (role: 'stable' | 'canary') => {
    const revisionIds = roles.filter((one) => one.role === role).map(({ revisionId }) => revisionId);
    return await readCounters(db, { serviceId, binningId, featureIds, revisionIds, from, to: now });
  };
  const stable = await countersOf('stable');
  const other = canary === undefined ? null : await countersOf('canary');
  return {
    from,
    to: now,
    figures: read.map(({ feature, measure }) => {
      const of = (counters: typeof stable) =>
        llmFigure(feature, measure.kind, counters.get(feature.featureId) ?? noRows(feature.binning));
      return {
        ...measure,
        featureId: feature.featureId,
        metric: scraped.get(feature.name)?.metric ?? null,
        stable: of(stable),
        canary: other === null ? null : of(other),
      };
    }),
  };
}

/** By feature: what it is by the metric profile of the service's environment, whose histogram it is counted from. */
async function scrapedMeasures(db: Queries, serviceId: string): Promise<Map<string, LlmHistogram>> {
  const rows = await db
    .select({ fields: prometheusSource.fields, metrics: environment.metricsSource })
    .from(prometheusSource)
    .innerJoin(service, eq(service.id, prometheusSource.serviceId))
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(eq(prometheusSource.serviceId, serviceId));
  return new Map(
    rows.flatMap((row) => {
      const { feature, metric } = histogramSourceSchema.parse(row.fields);
      const metrics = metricsSourceSchema.parse(row.metrics);
      const known = metrics.kind === 'prometheus' ? llmHistograms(metrics.profile) : [];
      const found = known.find((one) => one.metric === metric);
      return found === undefined ? [] : [[feature, found] as const];
    }),
  );
}
