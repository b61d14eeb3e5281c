import { and, asc, count, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { driftAlert, driftMonitor } from '../../db/schema/drift.ts';
import { service } from '../../db/schema/services.ts';
import { featureStandings } from '../../domain/drift/feature-standing.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { activeBinnings } from '../rows/active-binning.ts';
import { environmentRefs } from '../rows/environment-refs.ts';
import { lastWindow } from './last-windows.ts';

const most = 200;
/** Of a service in the list; its page has all. */
const shownFeatures = 3;

/** Every monitored service of the project with its worst features, those that drift most first. */
export const listMonitoring = query(
  {
    permission: 'monitoring.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId, ctx }) => {
    const rows = await db
      .select({ monitor: driftMonitor, name: service.name, environmentId: service.environmentId })
      .from(driftMonitor)
      .innerJoin(service, eq(service.id, driftMonitor.serviceId))
      .where(eq(driftMonitor.projectId, projectId))
      .orderBy(asc(service.name))
      .limit(most);
    const environments = await environmentRefs(
      db,
      rows.map(({ environmentId }) => environmentId),
    );
    const alerts = await openAlerts(db, projectId);
    const services = [];
    for (const { monitor, name, environmentId } of rows)
      services.push({
        service: { id: monitor.serviceId, name },
        environment: environments(environmentId),
        monitor: { windowLength: monitor.windowLength, alertsFrom: monitor.alertsFrom },
        openAlerts: alerts.get(monitor.serviceId) ?? 0,
        ...(await standingOf(db, monitor)),
      });
    return {
      now: await ctx.clock(db),
      services: services.toSorted((left, right) => weightOf(right) - weightOf(left)),
      unmonitored: await unmonitored(db, projectId),
    };
  },
);

type Standing = Awaited<ReturnType<typeof standingOf>>;

const weightOf = ({ drifted, worst }: Standing): number => {
  const verdict = worst[0]?.worst;
  const over =
    verdict !== undefined && verdict !== null && 'effect' in verdict ? verdict.effect / verdict.limit : 0;
  return drifted * 1_000 + over;
};

async function standingOf(db: Queries, monitor: typeof driftMonitor.$inferSelect) {
  const window = await lastWindow(db, monitor);
  const binnings = await activeBinnings(db, monitor.serviceId);
  const features = binnings.find(({ state }) => state === 'active')?.features ?? [];
  const standings = featureStandings(features, window?.verdicts ?? []);
  const total = (state: string) => standings.filter((one) => one.state === state).length;
  return {
    features: standings.length,
    drifted: total('drifted'),
    insufficient: total('insufficientData'),
    worst: standings.slice(0, shownFeatures),
    window:
      window === null
        ? null
        : { start: window.windowStart, end: window.windowEnd, rows: window.rows, whyNone: window.whyNone },
  };
}

async function openAlerts(db: Queries, projectId: string): Promise<Map<string, number>> {
  const rows = await db
    .select({ serviceId: driftAlert.serviceId, total: count() })
    .from(driftAlert)
    .where(and(eq(driftAlert.projectId, projectId), isNull(driftAlert.clearedAt)))
    .groupBy(driftAlert.serviceId);
  return new Map(rows.map(({ serviceId, total }) => [serviceId, total]));
}

/** Services that have no monitor yet because nothing is counted of them. */
async function unmonitored(db: Queries, projectId: string) {
  return await db
    .select({ id: service.id, name: service.name })
    .from(service)
    .where(
      and(
        eq(service.projectId, projectId),
        sql`not exists (select from ${driftMonitor} where ${driftMonitor.serviceId} = ${service.id})`,
      ),
    )
    .orderBy(asc(service.name))
    .limit(most);
}
