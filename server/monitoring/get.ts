import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { driftAlert, driftMonitor, driftReference, driftWindow } from '../../db/schema/drift.ts';
import { service } from '../../db/schema/services.ts';
import { featureStandings } from '../../domain/drift/feature-standing.ts';
import { monitorSettingsSchema } from '../../domain/drift/monitor-schema.ts';
import { canPart } from '../../domain/drift/segment.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { alertView } from '../rows/drift-alert-view.ts';
import { environmentRefs } from '../rows/environment-refs.ts';
import { monitoredService } from '../rows/monitored-service.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { isOfLength } from '../rows/window-length.ts';
import { lastWindow } from './last-windows.ts';
import { llmOf } from './llm.ts';
import { performanceOf } from './performance.ts';
import { skewOf } from './skew.ts';

/** A week of hours. */
const shownWindows = 168;
const shownAlerts = 20;

/** One service: its features as the last window found them, the windows before it, its alerts, and how it is judged. */
export const getMonitoring = query(
  {
    permission: 'monitoring.get',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, principal, projectId, ctx }) => {
    const { serviceId } = input;
    const of = onlyRow(await db.select().from(service).where(eq(service.id, serviceId)));
    const monitor = onlyRow(
      await db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, serviceId)),
    );
    const environments = await environmentRefs(db, [of.environmentId]);
    const window = await lastWindow(db, monitor);
    const { id, windowLength, referenceKind, alertsFrom, generation, judgedUntil } = monitor;
    const now = await ctx.clock(db);
    const monitored = await monitoredService(db, monitor, now);
    return {
      now,
      service: { id: serviceId, name: of.name },
      environment: environments(of.environmentId),
      monitor: {
        id,
        windowLength,
        referenceKind,
        alertsFrom,
        generation,
        judgedUntil,
        settings: monitorSettingsSchema.parse(monitor.settings),
      },
      references: await referencesOf(db, serviceId),
      features: featureStandings(monitored?.features ?? [], window?.verdicts ?? []),
      /** Features whose values may part rows. */
      segmentColumns: (monitored?.features ?? [])
        .filter(canPart)
        .map(({ featureId, name }) => ({ featureId, name })),
      llm: monitored === null ? null : await llmOf(db, monitored, now),
      performance: monitored === null ? [] : await performanceOf(db, { ...monitored, now }),
      window: window === null ? null : { ...window, verdicts: undefined },
      skew: monitored === null ? null : await skewOf(db, monitored, now),
      windows: await windowsOf(db, monitor),
      alerts: await alertsOf(db, serviceId),
      refusals: { update: viewerRefusal({ principal, projectId }, 'monitors.update') },
    };
  },
);

async function referencesOf(db: Queries, serviceId: string) {
  return await db
    .select({
      id: driftReference.id,
      kind: driftReference.kind,
      name: driftReference.name,
      createdAt: driftReference.createdAt,
    })
    .from(driftReference)
    .where(and(eq(driftReference.serviceId, serviceId), isNull(driftReference.replacedAt)));
}

/** Ascending; how many tests drifted is counted where the verdicts lie, because they are long. */
async function windowsOf(db: Queries, { id, windowLength }: typeof driftMonitor.$inferSelect) {
  const rows = await db
    .select({
      start: driftWindow.windowStart,
      end: driftWindow.windowEnd,
      rows: driftWindow.rows,
      revision: driftWindow.revision,
      whyNone: driftWindow.whyNone,
      usualRows: sql<number | null>`(${driftWindow.verdicts} ->> 'usualRows')::float8`,
      drifted: sql<number>`(
        select count(distinct one ->> 'featureId')::int
        from jsonb_array_elements(${driftWindow.verdicts} -> 'verdicts') one
        where one ->> 'verdict' = 'drifted')`,
    })
    .from(driftWindow)
    .where(and(eq(driftWindow.monitorId, id), isOfLength(windowLength)))
    .orderBy(desc(driftWindow.windowStart))
    .limit(shownWindows);
  return rows.reverse();
}

async function alertsOf(db: Queries, serviceId: string) {
  const rows = await db
    .select()
    .from(driftAlert)
    .where(eq(driftAlert.serviceId, serviceId))
    .orderBy(sql`${driftAlert.clearedAt} is not null`, desc(driftAlert.openedAt))
    .limit(shownAlerts);
  return rows.map(alertView);
}
