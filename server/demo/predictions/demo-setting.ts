import { setImmediate } from 'node:timers/promises';
import { and, eq, min } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { driftBinning, driftMonitor, driftReference } from '../../../db/schema/drift.ts';
import { TrainingCensus } from '../../../domain/drift/training-census.ts';
import { expectedRequests } from '../../../domain/sandbox/load.ts';
import { randomKey, randomUnit } from '../../../domain/sandbox/random.ts';
import { defaultServiceBehaviour, valueAt } from '../../../domain/sandbox.ts';
import type { Context } from '../../context.ts';
import type { IngestParts } from '../../ingest/ingest-parts.ts';
import { takeHourCounts } from '../../ingest/take-hour-counts.ts';
import { sandboxRecord } from '../../metrics/sandbox-query.ts';
import { updateMonitor } from '../../monitoring/update.ts';
import { createReference } from '../../references/create.ts';
import { activeBinnings } from '../../rows/active-binning.ts';
import { historyFills } from '../../rows/history-fills.ts';
import { DemoHours } from './demo-hours.ts';
import { demoRow } from './demo-rows.ts';
import type { DemoService } from './demo-services.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Back to the first day of the live revision, which is compared with its training data. */
const historyMs = 30 * dayMs;
const trainingRows = 8_000;
const historySource = 'warehouse';
/** After the demo was first here: the windows before it are usual ones. */
const driftsAfterMs = 120_000;

/** The training data of the live version as reference, which gives the service its bins. */
export async function bringTraining(ada: Context, demo: DemoService, now: Date): Promise<void> {
  const key = randomKey(`training ${demo.serviceName}`);
  const rows = Array.from({ length: trainingRows }, (_, index) => {
    const atMs = now.getTime() - historyMs + randomUnit(key, index, 1_000) * historyMs;
    const { f, p } = demoRow(demo.columns, { key, index, atMs, driftsFromMs: Number.POSITIVE_INFINITY });
    return { ...f, ...p };
  });
  const predictions = demo.columns.filter(({ place }) => place === 'prediction').map(({ name }) => name);
  const census = new TrainingCensus({ predictions: new Set(predictions), known: new Map() });
  const columns = demo.columns.map(({ name }) => ({ name, values: rows.map((row) => row[name]) }));
  for (const { name, values } of columns) census.look(name, values);
  census.learn();
  for (const { name, values } of columns) census.count(name, values);
  await createReference(ada, {
    serviceId: demo.serviceId,
    name: 'Training data',
    kind: 'training',
    modelVersionId: demo.stable.modelVersionId,
    counts: census.result(trainingRows),
  });
}

/** When the demo was first here with its bins, and so when its model begins to drift; null before. */
export async function driftsFrom(db: Database, { serviceId }: DemoService): Promise<Date | null> {
  const [row] = await db
    .select({ first: min(driftReference.createdAt) })
    .from(driftReference)
    .where(and(eq(driftReference.serviceId, serviceId), eq(driftReference.kind, 'training')));
  return row?.first == null ? null : new Date(row.first.getTime() + driftsAfterMs);
}

/** The past of the service as counts by hour, up to now. */
export async function bringHistory(parts: IngestParts, demo: DemoService, now: Date): Promise<void> {
  const { db } = parts;
  const { serviceId, stable } = demo;
  if ((await historyFills(db, serviceId)).length > 0) return;
  const [active] = await activeBinnings(db, serviceId);
  const record = await sandboxRecord(db, demo, now);
  if (active === undefined || record === null) return;
  const [stored] = await db
    .select({ digest: driftBinning.digest })
    .from(driftBinning)
    .where(eq(driftBinning.id, active.binningId));
  const features = active.features.flatMap(({ name, binning }) => {
    const column = demo.columns.find((one) => one.name === name);
    return column === undefined ? [] : [{ column, binning }];
  });
  const hours = new DemoHours(features);
  const rowsOf = (fromMs: number, toMs: number) => {
    const { requestsPerSecond } = valueAt(record.history.service, fromMs, defaultServiceBehaviour);
    const expected = expectedRequests({ startMs: fromMs, endMs: toMs }, requestsPerSecond);
    return Math.round(expected / demo.requestsPerRow);
  };
  async function* lines(): AsyncGenerator<Buffer> {
    const first = Math.floor((now.getTime() - historyMs) / hourMs) * hourMs;
    for (let fromMs = first; fromMs < now.getTime(); fromMs += hourMs) {
      const rows = rowsOf(fromMs, Math.min(now.getTime(), fromMs + hourMs));
      const line = { hour: new Date(fromMs), binning: stored?.digest, counts: hours.counts(fromMs, rows) };
      yield Buffer.from(`${JSON.stringify(line)}\n`);
      // Pages are answered in between.
      await setImmediate();
    }
  }
  const counting = await parts.catalogues.of(serviceId);
  await takeHourCounts(parts, { source: historySource, counting, revisionId: stable.revisionId }, lines());
}

/** Whether the monitor is there; one that nobody has touched is set to alert, of what drifts every five minutes. */
export async function setMonitor(omar: Context, { serviceId, columns }: DemoService): Promise<boolean> {
  const [monitor] = await omar.db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId));
  if (monitor === undefined) return false;
  if (monitor.generation > 1) return true;
  const drifts = columns.some(({ drift }) => drift !== 0);
  const windowLength = drifts ? ('fiveMinutes' as const) : ('hour' as const);
  await updateMonitor(omar, { monitorId: monitor.id, windowLength, alerts: 'on', seenGeneration: 1 });
  return true;
}
