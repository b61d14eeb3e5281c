import { Worker } from 'node:worker_threads';
import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { driftMonitor } from '../../db/schema/drift.ts';
import type { Counters } from '../../domain/drift/counters.ts';
import type { FeatureHistory } from '../../domain/drift/replay-monitor.ts';
import type { ReplaySummary } from '../../domain/drift/replay-summary.ts';
import { slowDriftClock, slowDriftPersistence } from '../../domain/drift/slow-drift.ts';
import type { Span } from '../../domain/drift/window-clock.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { readCounters } from '../rows/drift-counters.ts';
import { readHistory } from '../rows/drift-history.ts';
import { dataFaultSpans } from '../rows/known-drift-alerts.ts';
import { type Monitored, monitoredService, persistenceOf } from '../rows/monitored-service.ts';
import { countersOfReference } from '../rows/reference-counters.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { fixedReference, slowHistories } from '../rows/slow-histories.ts';
import type { ReplayWork } from './replay-thread.ts';

const weekMs = 7 * 86_400_000;
/** Eight weeks of hours of one feature are 1,344 rows; so many features are read at a time. */
const atOnce = 20;

/** When the monitor would have alerted in the last four weeks as it is set now, and which days it could not judge. */
export const replayDrift = query(
  {
    permission: 'monitors.replay',
    schema: z.object({ monitorId: idSchema }),
    project: (db, input) => rowProject(db, driftMonitor, input.monitorId),
  },
  async ({ db, input, ctx }) => {
    const now = await ctx.clock(db);
    const monitor = onlyRow(await db.select().from(driftMonitor).where(eq(driftMonitor.id, input.monitorId)));
    const toMs = (monitor.judgedUntil ?? now).getTime();
    const span: Span = { fromMs: toMs - 4 * weekMs, toMs };
    const monitored = await monitoredService(db, monitor, now);
    const names = new Map(monitored?.features.map(({ featureId, name }) => [featureId, name]));
    const summary = monitored === null ? { alerts: [], days: [] } : await replayed(db, monitored, span);
    const slow = monitored === null ? null : await replayedSlowly(db, monitored, span);
    const named = ({ alerts }: Pick<ReplaySummary, 'alerts'>) =>
      alerts.map(({ openedMs, clearedMs, features }) => ({
        openedMs,
        clearedMs,
        features: features.map((one) => ({ ...one, name: names.get(one.featureId) ?? '' })),
      }));
    return {
      from: new Date(span.fromMs),
      to: new Date(span.toMs),
      days: summary.days,
      alerts: named(summary),
      /** Week by week against what does not move with the traffic; null where there is no such reference. */
      slow: slow === null ? null : { referenceName: slow.referenceName, alerts: named(slow) },
    };
  },
);

async function replayed(db: Queries, monitored: Monitored, span: Span): Promise<ReplaySummary> {
  const histories = await historiesOf(db, monitored, { fromMs: span.fromMs - 4 * weekMs, toMs: span.toMs });
  const { clock, settings } = monitored;
  return await inThread({ histories, span, setting: { clock, persistence: persistenceOf(settings) } });
}

async function replayedSlowly(db: Queries, monitored: Monitored, span: Span) {
  const reference = await fixedReference(db, monitored);
  if (reference === null) return null;
  const histories = await slowHistories(db, monitored, { reference, span });
  const clock = slowDriftClock(monitored.settings.timeZone);
  const setting = { clock, persistence: slowDriftPersistence };
  return { referenceName: reference.name, ...(await inThread({ histories, span, setting })) };
}

async function historiesOf(db: Queries, monitored: Monitored, span: Span): Promise<FeatureHistory[]> {
  const { monitor, binningId, clock, features } = monitored;
  const references = await referencesOf(db, monitored);
  const leftOut = dataFaultSpans(monitored.alerts);
  const found: FeatureHistory[] = [];
  for (let from = 0; from < features.length; from += atOnce) {
    const some = features.slice(from, from + atOnce);
    const featureIds = some.map(({ featureId }) => featureId);
    const asked = { serviceId: monitor.serviceId, binningId, featureIds, clock, span };
    const history = await readHistory(db, asked);
    for (const { featureId, binning } of some)
      found.push({
        featureId,
        binning,
        windows: history.get(featureId) ?? new Map<number, Counters>(),
        leftOut,
        reference: references?.get(featureId) ?? null,
      });
  }
  return found;
}

/** Null: every window has the same hours of its own. */
async function referencesOf(
  db: Queries,
  { monitor, binningId, reference }: Monitored,
): Promise<Map<string, Counters> | null> {
  if (monitor.referenceKind === 'sameHours' || reference?.binningId !== binningId) return null;
  if (monitor.referenceKind === 'training') return countersOfReference(reference.counters);
  const { fromAt: from, toAt: to } = reference;
  if (from === null || to === null) return null;
  return await readCounters(db, { serviceId: monitor.serviceId, binningId, from, to });
}

/** A replay of many features computes for seconds, in which this process would answer nobody. */
async function inThread(work: ReplayWork): Promise<ReplaySummary> {
  return await new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./replay-thread.ts', import.meta.url), { workerData: work });
    thread.once('message', (summary: ReplaySummary) => resolve(summary));
    thread.once('error', reject);
    thread.once('exit', (code) => {
      if (code !== 0) reject(new Error(`The replay ended with ${code}.`));
    });
  });
}
