import { and, count, desc, eq, gte, isNull, lte, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { driftAlert, driftFeature, driftMonitor } from '../../db/schema/drift.ts';
import { retrainRequest } from '../../db/schema/retrains.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import type { AlertFacts } from '../../domain/drift/alert-facts.ts';
import { markRefusal } from '../../domain/drift/alert-marks.ts';
import { worstFirst } from '../../domain/drift/alert-worst.ts';
import { windowAt } from '../../domain/drift/window-clock.ts';
import { idSchema } from '../../domain/name.ts';
import { openRetrainRefusal } from '../../domain/retrain/request.ts';
import { timelineOf } from '../audit/queries.ts';
import { query } from '../query.ts';
import { alertView } from '../rows/drift-alert-view.ts';
import { environmentRefs } from '../rows/environment-refs.ts';
import { monitoredService } from '../rows/monitored-service.ts';
import { offsetOf, pageOf, pageSchema } from '../rows/paging.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { retrainSettingsOf } from '../rows/retrain-settings.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { shiftBySegment } from '../rows/segment-shifts.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

/** Drift alerts of the project, those that last first, then by when they opened. */
export const listDriftAlerts = query(
  {
    permission: 'driftAlerts.list',
    schema: pageSchema.extend({
      projectId: idSchema,
      filter: z.enum(['lasting', 'all']).default('all'),
    }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }) => {
    const where = and(
      eq(driftAlert.projectId, projectId),
      input.filter === 'lasting' ? isNull(driftAlert.clearedAt) : undefined,
    );
    const counted = await db.select({ total: count() }).from(driftAlert).where(where);
    const rows = await db
      .select({ alert: driftAlert, name: service.name, environmentId: service.environmentId })
      .from(driftAlert)
      .innerJoin(service, eq(service.id, driftAlert.serviceId))
      .where(where)
      .orderBy(sql`${driftAlert.clearedAt} is not null`, desc(driftAlert.openedAt))
      .limit(input.pageSize)
      .offset(offsetOf(input));
    const environments = await environmentRefs(
      db,
      rows.map(({ environmentId }) => environmentId),
    );
    return pageOf(input, {
      rows: rows.map(({ alert, name, environmentId }) => ({
        ...alertView(alert),
        service: { id: alert.serviceId, name },
        environment: environments(environmentId),
      })),
      total: counted[0]?.total ?? 0,
    });
  },
);

const dayMs = 86_400_000;

/** One alert: what drifted, since when, what changed before it, whether predictions moved too, and what people did. */
export const getDriftAlert = query(
  {
    permission: 'driftAlerts.get',
    schema: z.object({ alertId: idSchema }),
    project: (db, input) => rowProject(db, driftAlert, input.alertId),
  },
  async ({ db, input, principal, projectId, ctx }) => {
    const now = await ctx.clock(db);
    const row = onlyRow(await db.select().from(driftAlert).where(eq(driftAlert.id, input.alertId)));
    const of = onlyRow(
      await db
        .select({ name: service.name, environmentId: service.environmentId })
        .from(service)
        .where(eq(service.id, row.serviceId)),
    );
    const environments = await environmentRefs(db, [of.environmentId]);
    const people = await principalRefs(db, [row.stateBy]);
    const alert = alertView(row);
    const mine = viewerRefusal({ principal, projectId }, 'driftAlerts.mark');
    const ofMark = (kind: 'acknowledged' | 'dataFault' | 'real' | 'open') =>
      mine ?? markRefusal(row, { kind }, now);
    const untilTomorrow = { until: new Date(now.getTime() + dayMs) };
    return {
      alert,
      now,
      service: { id: row.serviceId, name: of.name },
      environment: environments(of.environmentId),
      stateBy: row.stateBy === null ? null : people(row.stateBy),
      features: await rolesOf(db, alert.facts),
      carriers: await carriersOf(db, row, now),
      rolloutsBefore: await rolloutsBefore(db, row),
      history: await earlierAlerts(db, row),
      retrains: await retrainsOf(db, row.id),
      timeline: await timelineOf(db, { projectId, kind: 'driftAlert', id: row.id }),
      refusals: {
        acknowledged: ofMark('acknowledged'),
        dataFault: ofMark('dataFault'),
        real: ofMark('real'),
        open: ofMark('open'),
        retrain: viewerRefusal({ principal, projectId }, 'retrains.open') ?? (await retrainRefusal(db, row)),
        expected: mine ?? markRefusal(row, { kind: 'expected', ...untilTomorrow }, now),
        snoozed: mine ?? markRefusal(row, { kind: 'snoozed', ...untilTomorrow }, now),
      },
    };
  },
);

/** What the alert has led to, newest first. */
async function retrainsOf(db: Queries, alertId: string) {
  return await db
    .select({ id: retrainRequest.id, state: retrainRequest.state, openedAt: retrainRequest.openedAt })
    .from(retrainRequest)
    .where(eq(retrainRequest.alertId, alertId))
    .orderBy(desc(retrainRequest.openedAt))
    .limit(10);
}

async function retrainRefusal(db: Queries, { serviceId, state }: typeof driftAlert.$inferSelect) {
  const { settings } = await retrainSettingsOf(db, serviceId);
  const living = await db.$count(
    retrainRequest,
    and(eq(retrainRequest.serviceId, serviceId), isNull(retrainRequest.closedAt)),
  );
  return openRetrainRefusal({ alertState: state, hasLiving: living > 0, policy: settings.policy });
}

/** Which of its features are predictions: whether the scores moved too. */
async function rolesOf(db: Queries, facts: AlertFacts | null) {
  if (facts?.of !== 'features') return [];
  const ids = [...new Set(facts.features.map(({ featureId }) => featureId))];
  return await db
    .select({ featureId: driftFeature.id, role: driftFeature.role })
    .from(driftFeature)
    .where(sql`${driftFeature.id} = any(${sql.param(ids)}::uuid[])`);
}

/** Features whose segments are asked for. */
const mostCarried = 5;

/** Of each feature whose distribution drifted, worst first: which segment of the service's rows carries the shift. */
async function carriersOf(db: Queries, row: typeof driftAlert.$inferSelect, now: Date) {
  const { facts } = alertView(row);
  const [monitor] = await db.select().from(driftMonitor).where(eq(driftMonitor.serviceId, row.serviceId));
  if (facts?.of !== 'features' || monitor === undefined) return [];
  const monitored = await monitoredService(db, monitor, now);
  if (monitored === null || monitored.settings.segmentColumn === null) return [];
  const clock = { length: facts.windowLength, timeZone: monitored.settings.timeZone };
  const moved = worstFirst(facts.features).filter(({ test }) => test === 'distribution');
  const found = [];
  for (const { featureId, driftedMs, openedMs } of moved.slice(0, mostCarried)) {
    const { fromMs } = windowAt(clock, driftedMs - 1);
    const range = { fromMs, toMs: openedMs };
    const shift = await shiftBySegment(db, monitored, { featureId, range, beganMs: fromMs });
    const first = shift?.segments[0];
    if (shift === null || first === undefined || first.carried === null) continue;
    const { name, carried, rows } = first;
    found.push({ featureId, column: shift.column, segment: name, carried, rows });
  }
  return found;
}

/** Rollouts of the service that ran within two days before the drift began: the first suspects. */
async function rolloutsBefore(db: Queries, row: typeof driftAlert.$inferSelect) {
  const rows = await db
    .select({
      id: rollout.id,
      toRevisionId: rollout.toRevisionId,
      startedAt: rollout.startedAt,
      endedAt: rollout.endedAt,
      phase: rollout.phase,
    })
    .from(rollout)
    .where(
      and(
        eq(rollout.serviceId, row.serviceId),
        lte(rollout.startedAt, row.openedAt),
        sql`coalesce(${rollout.endedAt}, 'infinity') >= ${new Date(row.fromAt.getTime() - 2 * dayMs).toISOString()}::timestamptz`,
      ),
    )
    .orderBy(desc(rollout.startedAt))
    .limit(10);
  const revisions = await revisionRefs(
    db,
    rows.map(({ toRevisionId }) => toRevisionId),
  );
  return rows.map(({ toRevisionId, ...found }) => ({ ...found, to: revisions.of(toRevisionId) }));
}

async function earlierAlerts(db: Queries, row: typeof driftAlert.$inferSelect) {
  const since = new Date(row.openedAt.getTime() - 90 * dayMs);
  const rows = await db
    .select()
    .from(driftAlert)
    .where(
      and(
        eq(driftAlert.serviceId, row.serviceId),
        gte(driftAlert.openedAt, since),
        sql`${driftAlert.id} <> ${row.id}`,
      ),
    )
    .orderBy(desc(driftAlert.openedAt))
    .limit(20);
  return rows.map(alertView);
}
