import { and, desc, eq, isNull, ne } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftReference } from '../../db/schema/drift.ts';
import type { Counters } from '../../domain/drift/counters.ts';
import type { FeatureHistory } from '../../domain/drift/replay-monitor.ts';
import { slowDriftClock } from '../../domain/drift/slow-drift.ts';
import type { Span } from '../../domain/drift/window-clock.ts';
import { readCounters } from './drift-counters.ts';
import { readHistory } from './drift-history.ts';
import { dataFaultSpans } from './known-drift-alerts.ts';
import type { Monitored } from './monitored-service.ts';
import { countersOfReference } from './reference-counters.ts';

type Reference = typeof driftReference.$inferSelect;

/** Weeks of days of one feature are some hundred rows; so many features are read at a time. */
const atOnce = 20;
const weekMs = 7 * 86_400_000;
/** What over-dispersion is estimated from lies before the first week that is judged. */
const estimatedWeeks = 4;

/** Training data, else a fixed window, that does not move with the traffic; null where there is none in the bins that count. */
export async function fixedReference(
  queries: Queries,
  { monitor, binningId }: Monitored,
): Promise<Reference | null> {
  const [row] = await queries
    .select()
    .from(driftReference)
    .where(
      and(
        eq(driftReference.serviceId, monitor.serviceId),
        eq(driftReference.binningId, binningId),
        ne(driftReference.kind, 'sameHours'),
        isNull(driftReference.replacedAt),
      ),
    )
    .orderBy(desc(driftReference.kind))
    .limit(1);
  return row ?? null;
}

async function countersOf(
  queries: Queries,
  { monitor: { serviceId }, binningId }: Monitored,
  { kind, counters, fromAt: from, toAt: to }: Reference,
): Promise<ReadonlyMap<string, Counters>> {
  if (kind === 'training') return countersOfReference(counters);
  return from === null || to === null
    ? new Map()
    : await readCounters(queries, { serviceId, binningId, from, to });
}

/** Every feature that the reference knows, week by week, for a replay over a span. */
export async function slowHistories(
  queries: Queries,
  monitored: Monitored,
  { reference, span }: { readonly reference: Reference; readonly span: Span },
): Promise<FeatureHistory[]> {
  const { monitor, binningId, features, settings, alerts } = monitored;
  const references = await countersOf(queries, monitored, reference);
  const clock = slowDriftClock(settings.timeZone);
  const known = features.filter(({ featureId }) => references.has(featureId));
  const found: FeatureHistory[] = [];
  for (let from = 0; from < known.length; from += atOnce) {
    const some = known.slice(from, from + atOnce);
    const history = await readHistory(queries, {
      serviceId: monitor.serviceId,
      binningId,
      featureIds: some.map(({ featureId }) => featureId),
      clock,
      span: { fromMs: span.fromMs - estimatedWeeks * weekMs, toMs: span.toMs },
    });
    for (const { featureId, binning } of some)
      found.push({
        featureId,
        binning,
        windows: history.get(featureId) ?? new Map<number, Counters>(),
        leftOut: dataFaultSpans(alerts),
        reference: references.get(featureId) ?? null,
      });
  }
  return found;
}
