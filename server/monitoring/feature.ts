import { and, desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { driftAlert, driftFeature, driftMonitor, driftSeries, driftWindow } from '../../db/schema/drift.ts';
import { service } from '../../db/schema/services.ts';
import { addCounters, type Counters, noRows } from '../../domain/drift/counters.ts';
import { distributionEvidence } from '../../domain/drift/distribution-evidence.ts';
import { dispersionsSchema, windowVerdictsSchema } from '../../domain/drift/monitor-schema.ts';
import { driftStatistics } from '../../domain/drift/statistics.ts';
import { earlierSpans, outside, type Span } from '../../domain/drift/window-clock.ts';
import type { DriftVerdict } from '../../domain/drift/window-verdict.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { query } from '../query.ts';
import { readCounters } from '../rows/drift-counters.ts';
import { readHistory } from '../rows/drift-history.ts';
import { inputDigestOf } from '../rows/drift-input-digest.ts';
import { environmentRefs } from '../rows/environment-refs.ts';
import { leftOutOf, openSince } from '../rows/known-drift-alerts.ts';
import { type Monitored, monitoredService } from '../rows/monitored-service.ts';
import { countersOfReference } from '../rows/reference-counters.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { shiftBySegment } from '../rows/segment-shifts.ts';
import { isOfLength } from '../rows/window-length.ts';
import { lastWindow } from './last-windows.ts';

const hourMs = 3_600_000;
const weekMs = 168 * hourMs;
const longestMs = 92 * 24 * hourMs;
const shownWindows = 168;

const presets = { '24h': 24 * hourMs, '7d': weekMs, '28d': 4 * weekMs } as const;

const ownRangeSchema = z
  .object({ from: z.coerce.date(), to: z.coerce.date() })
  .refine(({ from, to }) => from < to, 'The range ends after it begins.')
  .refine(({ from, to }) => to.getTime() - from.getTime() <= longestMs, 'Choose at most 92 days.');

const rangeSchema = z.union([z.enum(['24h', '7d', '28d']), ownRangeSchema]);

/** One feature over any range, recomputed from its counters: both sides, every measure, and how it went window by window. */
export const getMonitoredFeature = query(
  {
    permission: 'monitoring.feature',
    /** The last window that was judged unless given. */
    schema: z.object({ featureId: idSchema, range: rangeSchema.optional() }),
    project: (db, input) => rowProject(db, driftFeature, input.featureId),
  },
  async ({ db, input, ctx }) => {
    const now = await ctx.clock(db);
    const feature = onlyRow(await db.select().from(driftFeature).where(eq(driftFeature.id, input.featureId)));
    const { serviceId } = feature;
    const of = onlyRow(await db.select().from(service).where(eq(service.id, serviceId)));
    const row = onlyRow(await db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId)));
    const monitored = await monitoredService(db, row, now);
    const binned = monitored?.features.find(({ featureId }) => featureId === feature.id);
    if (monitored === null || binned === undefined)
      throw new DomainError({
        code: 'notFound',
        message: `${feature.name} is not counted now, so there is nothing to compare.`,
      });
    const window = await lastWindow(db, row);
    const range = rangeOf(input.range, { window, now });
    const sides = await sidesOf(db, monitored, { featureId: feature.id, range });
    const reference = sides.reference ?? noRows(binned.binning);
    const current = sides.current ?? noRows(binned.binning);
    const dispersions = dispersionsSchema.safeParse(row.dispersions).data?.features[feature.id] ?? {};
    const pair = { reference: reference.counts, current: current.counts };
    const environments = await environmentRefs(db, [of.environmentId]);
    return {
      now,
      service: { id: serviceId, name: of.name },
      environment: environments(of.environmentId),
      feature: { id: feature.id, name: feature.name, role: feature.role },
      monitor: { windowLength: row.windowLength, referenceKind: row.referenceKind },
      binning: binned.binning,
      range: { from: new Date(range.fromMs), to: new Date(range.toMs) },
      reference,
      current,
      bySegment: await shiftBySegment(db, monitored, {
        featureId: feature.id,
        range,
        beganMs: beganOf(monitored, { featureId: feature.id, range }),
      }),
      byRevision: await byRevision(db, monitored, { featureId: feature.id, range }),
      statistics: driftStatistics(binned.binning, { reference, current }),
      evidence: distributionEvidence(pair, dispersions.distribution?.phi ?? 1),
      phi: dispersions.distribution ?? null,
      inputDigest: inputDigestOf(monitored.binningId, [
        { featureId: feature.id, binning: binned.binning, reference, current, dispersions },
      ]),
      /** Verdicts are given for windows only: of another range, values and noise floor. */
      verdicts: isLastWindow(window, range) ? own(window?.verdicts ?? [], feature.id) : null,
      windows: await windowsOf(db, monitored, feature.id),
      alerts: await alertsOf(db, feature),
    };
  },
);

type Window = Awaited<ReturnType<typeof lastWindow>>;

const own = (verdicts: readonly DriftVerdict[], featureId: string) =>
  verdicts.filter((one) => one.featureId === featureId);

function rangeOf(
  asked: z.output<typeof rangeSchema> | undefined,
  { window, now }: { window: Window; now: Date },
): Span {
  if (typeof asked === 'string') {
    const toMs = Math.floor(now.getTime() / hourMs) * hourMs;
    return { fromMs: toMs - presets[asked], toMs };
  }
  if (asked !== undefined) return { fromMs: asked.from.getTime(), toMs: asked.to.getTime() };
  if (window !== null) return { fromMs: window.windowStart.getTime(), toMs: window.windowEnd.getTime() };
  return { fromMs: now.getTime() - hourMs, toMs: now.getTime() };
}

const isLastWindow = (window: Window, { fromMs, toMs }: Span): boolean =>
  window?.windowStart.getTime() === fromMs && window.windowEnd.getTime() === toMs;

type Asked = { readonly featureId: string; readonly range: Span };
type Sides = { readonly reference: Counters | undefined; readonly current: Counters | undefined };

async function sidesOf(db: Queries, monitored: Monitored, { featureId, range }: Asked): Promise<Sides> {
  const { monitor, binningId, reference } = monitored;
  const asked = { serviceId: monitor.serviceId, binningId, featureIds: [featureId] };
  const read = async ({ from, to }: { from: Date; to: Date }) =>
    (await readCounters(db, { ...asked, from, to })).get(featureId);
  const current = await read({ from: new Date(range.fromMs), to: new Date(range.toMs) });
  if (monitor.referenceKind === 'sameHours')
    return { current, reference: await sameHours(db, monitored, { featureId, range }) };
  if (reference === null || reference.binningId !== binningId) return { current, reference: undefined };
  if (monitor.referenceKind === 'training')
    return { current, reference: countersOfReference(reference.counters).get(featureId) };
  if (reference.fromAt === null || reference.toAt === null) return { current, reference: undefined };
  return { current, reference: await read({ from: reference.fromAt, to: reference.toAt }) };
}

/** Start of the range, or of what still drifts in it. */
const beganOf = ({ alerts, clock }: Monitored, { featureId, range }: Asked): number =>
  Math.min(range.fromMs, openSince(alerts, clock, featureId) ?? range.fromMs);

/**
 * The hours of the range in each of the four weeks before it (or before what still drifts began), without those left out;
 * of more than a week, the four weeks before it.
 */
async function sameHours(
  db: Queries,
  monitored: Monitored,
  { featureId, range }: Asked,
): Promise<Counters | undefined> {
  const { monitor, binningId, clock, alerts } = monitored;
  const began = beganOf(monitored, { featureId, range });
  const hours = { length: 'hour', timeZone: clock.timeZone } as const;
  const leftOut = leftOutOf(alerts, clock, featureId);
  let sum: Counters | undefined;
  for (const span of earlierSpans(range, began)) {
    const asked = { serviceId: monitor.serviceId, binningId, featureIds: [featureId], clock: hours };
    const history = await readHistory(db, { ...asked, span });
    const counted = [...(history.get(featureId) ?? [])].map(([at, counters]) => ({
      fromMs: at,
      toMs: at + hourMs,
      counters,
    }));
    for (const { counters } of outside(counted, leftOut))
      sum = sum === undefined ? counters : addCounters(sum, counters);
  }
  return sum;
}

/** The same range of each revision that was asked then, to lay versions over each other. */
async function byRevision(db: Queries, { monitor, binningId }: Monitored, { featureId, range }: Asked) {
  const series = await db
    .selectDistinct({ revisionId: driftSeries.revisionId })
    .from(driftSeries)
    .where(
      and(
        eq(driftSeries.serviceId, monitor.serviceId),
        eq(driftSeries.binningId, binningId),
        eq(driftSeries.featureId, featureId),
      ),
    );
  const revisions = await revisionRefs(
    db,
    series.map(({ revisionId }) => revisionId),
  );
  const found = [];
  for (const { revisionId } of series) {
    const counters = (
      await readCounters(db, {
        serviceId: monitor.serviceId,
        binningId,
        featureIds: [featureId],
        revisionIds: [revisionId],
        from: new Date(range.fromMs),
        to: new Date(range.toMs),
      })
    ).get(featureId);
    if (counters === undefined) continue;
    const { number, modelName, versionNumber } = revisions.of(revisionId);
    found.push({ revisionId, number, version: `${modelName} ${versionNumber}`, counters });
  }
  return found.toSorted((left, right) => left.number - right.number);
}

/** Ascending; only the feature's own verdicts leave the database. */
async function windowsOf(db: Queries, { monitor }: Monitored, featureId: string) {
  const rows = await db
    .select({
      start: driftWindow.windowStart,
      end: driftWindow.windowEnd,
      revision: driftWindow.revision,
      whyNone: driftWindow.whyNone,
      verdicts: sql<unknown>`(
        select coalesce(jsonb_agg(one), '[]') from jsonb_array_elements(${driftWindow.verdicts} -> 'verdicts') one
        where one ->> 'featureId' = ${featureId})`,
    })
    .from(driftWindow)
    .where(and(eq(driftWindow.monitorId, monitor.id), isOfLength(monitor.windowLength)))
    .orderBy(desc(driftWindow.windowStart))
    .limit(shownWindows);
  const { verdicts: verdictsSchema } = windowVerdictsSchema.shape;
  return rows.reverse().map((row) => ({ ...row, verdicts: verdictsSchema.parse(row.verdicts) }));
}

/** Alerts in which the feature drifted: marks on its chart. */
async function alertsOf(db: Queries, { id, serviceId }: { id: string; serviceId: string }) {
  return await db
    .select({ id: driftAlert.id, openedAt: driftAlert.openedAt, clearedAt: driftAlert.clearedAt })
    .from(driftAlert)
    .where(
      and(
        eq(driftAlert.serviceId, serviceId),
        sql`${driftAlert.facts} @> ${JSON.stringify({ features: [{ featureId: id }] })}::jsonb`,
      ),
    )
    .orderBy(desc(driftAlert.openedAt))
    .limit(20);
}
