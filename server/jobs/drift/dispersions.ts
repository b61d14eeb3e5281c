import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driftMonitor } from '../../../db/schema/drift.ts';
import { dispersionsSchema, type StoredDispersions } from '../../../domain/drift/monitor-schema.ts';
import { dispersionsOf } from '../../../domain/drift/same-hours.ts';
import { dispersionSpan, outside, type Span, windowsWithin } from '../../../domain/drift/window-clock.ts';
import { readHistory } from '../../rows/drift-history.ts';
import { leftOutOf } from '../../rows/known-drift-alerts.ts';
import type { Monitored } from '../../rows/monitored-service.ts';

/** Four weeks of hours of one feature are 672 rows; so many features are read at a time. */
const atOnce = 20;

/** How rows of each feature hang together, as known before a window: estimated once a day from four weeks, and kept. */
export async function dispersionsAt(
  tx: Transaction,
  monitored: Monitored,
  window: Span,
): Promise<StoredDispersions['features']> {
  const { monitor, binningId, clock } = monitored;
  const span = dispersionSpan(clock, window);
  const kept = dispersionsSchema.safeParse(monitor.dispersions).data;
  if (kept !== undefined && kept.asOfMs === span.toMs && kept.binningId === binningId) return kept.features;
  const features = await estimated(tx, monitored, span);
  const dispersions: StoredDispersions = { schema: 1, binningId, asOfMs: span.toMs, features };
  // Late rows make a past window be judged anew: what it was estimated from then is not kept for others.
  if (kept !== undefined && kept.asOfMs > span.toMs) return features;
  await tx.update(driftMonitor).set({ dispersions }).where(eq(driftMonitor.id, monitor.id));
  monitor.dispersions = dispersions;
  return features;
}

async function estimated(
  tx: Transaction,
  { monitor, binningId, clock, features, alerts }: Monitored,
  span: Span,
): Promise<StoredDispersions['features']> {
  const found: StoredDispersions['features'] = {};
  for (let from = 0; from < features.length; from += atOnce) {
    const some = features.slice(from, from + atOnce);
    const featureIds = some.map(({ featureId }) => featureId);
    const { serviceId } = monitor;
    const history = await readHistory(tx, { serviceId, binningId, featureIds, clock, span });
    for (const { featureId, binning } of some) {
      const windows = history.get(featureId);
      const spans = outside(windowsWithin(clock, span), leftOutOf(alerts, clock, featureId));
      const counted = spans.flatMap(({ fromMs }) => {
        const counters = windows?.get(fromMs);
        return counters === undefined ? [] : [{ fromMs, counters }];
      });
      found[featureId] = dispersionsOf(binning, counted, clock);
    }
  }
  return found;
}
