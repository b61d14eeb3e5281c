import { eq, inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { type MetricsSource, metricsSourceSchema } from '../../domain/environment.ts';
import type { NamedWork } from '../../domain/unit-cost/unit-figures.ts';

/** The sandbox knows its own names; without a source there are none. */
function namedBy(source: MetricsSource): NamedWork {
  if (source.kind !== 'prometheus')
    return { tokens: source.kind === 'sandbox', load: source.kind === 'sandbox' };
  const { promptTokensMetric, generatedTokensMetric, runningMetric, runningSecondsMetric } = source.profile;
  return {
    tokens: promptTokensMetric !== '' && generatedTokensMetric !== '',
    load: runningMetric !== '' && runningSecondsMetric !== '',
  };
}

/** What the metrics sources of the services' environments name, all of them. */
export async function namedWork(db: Queries, serviceIds: readonly string[]): Promise<NamedWork> {
  if (serviceIds.length === 0) return { tokens: false, load: false };
  const rows = await db
    .select({ source: environment.metricsSource })
    .from(service)
    .innerJoin(environment, eq(environment.id, service.environmentId))
    .where(inArray(service.id, [...serviceIds]));
  const named = rows.map(({ source }) => namedBy(metricsSourceSchema.parse(source)));
  return { tokens: named.every(({ tokens }) => tokens), load: named.every(({ load }) => load) };
}
