import { and, desc, eq, isNull } from 'drizzle-orm';
import { stringify } from 'yaml';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { roleInterval, service, serviceRevision } from '../../db/schema/services.ts';
import { watchedRefusal } from '../../domain/adoption.ts';
import { idSchema } from '../../domain/name.ts';
import { objectivesSchema } from '../../domain/objective-schema.ts';
import { takeOverRefusal } from '../../domain/take-over.ts';
import { planRefusal } from '../../domain/take-over-plan.ts';
import { timelineOf } from '../audit/queries.ts';
import { clockOffsetMs } from '../clock.ts';
import { query } from '../query.ts';
import { rollBackRefusal, rollBackTarget } from '../roll-back-target.ts';
import { activeRollouts } from '../rows/active-rollouts.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { promotionRows } from '../rows/promotion-rows.ts';
import { searchPromotions } from '../rows/promotion-search.ts';
import { loadRevision } from '../rows/revision-record.ts';
import { revisionRef, revisionRefColumns } from '../rows/revision-refs.ts';
import { rolloutRows } from '../rows/rollout-rows.ts';
import { searchRollouts } from '../rows/rollout-search.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { loadService, type ServiceRecord } from '../rows/service-record.ts';
import { type Viewer, viewerRefusal } from '../rows/viewer-refusal.ts';
import { serviceRows } from './rows.ts';

/** One service: what it should run, what was last seen, and everything that happened to it. */
export const getService = query(
  {
    permission: 'services.get',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, projectId, principal, ctx }) => {
    const record = await loadService(db, input.serviceId);
    const now = await ctx.clock(db);
    const viewer = { principal, projectId, now };
    const [rows, revisions, rollouts, promotions, timeline, offset, by] = await Promise.all([
      serviceRows(db, [record.row]),
      revisionsOf(db, input.serviceId),
      rolloutsOf(db, { projectId, serviceId: input.serviceId }),
      promotionsOf(db, { serviceId: input.serviceId, viewer }),
      timelineOf(db, { projectId, kind: 'service', id: input.serviceId }),
      clockOffsetMs(db, record.environment.clusterId),
      principalRefs(db, [record.row.createdBy]),
    ]);
    const spec = await liveSpec(db, record);
    return {
      ...onlyRow(rows),
      projectId,
      spec,
      specYaml: stringify(spec.podTemplate, { lineWidth: 0 }),
      scaling: record.scaling,
      route: record.route,
      defaultPlan: record.defaultPlan,
      policy: record.policy,
      runbookUrl: record.row.runbookUrl,
      objectives: record.row.objectives === null ? null : objectivesSchema.parse(record.row.objectives),
      adoption: record.adoption,
      takeOver: record.takeOver,
      createdAt: record.row.createdAt,
      createdBy: by(record.row.createdBy),
      revisions,
      rollouts,
      promotions,
      timeline,
      refusals: await refusalsOf(db, record, viewer),
      now: new Date(now.getTime() + offset),
    };
  },
);

/** The spec of what is live; before the first revision the one that it will run. */
async function liveSpec(db: Queries, record: ServiceRecord) {
  const { stableRevisionId } = record.row;
  return stableRevisionId === null ? record.spec : (await loadRevision(db, stableRevisionId)).spec;
}

async function revisionsOf(db: Queries, serviceId: string) {
  const rows = await db
    .select({
      ...revisionRefColumns,
      createdAt: serviceRevision.createdAt,
      createdById: serviceRevision.createdBy,
      role: roleInterval.role,
    })
    .from(serviceRevision)
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .leftJoin(
      roleInterval,
      and(
        eq(roleInterval.serviceId, serviceRevision.serviceId),
        eq(roleInterval.revisionId, serviceRevision.id),
        isNull(roleInterval.toAt),
      ),
    )
    .where(eq(serviceRevision.serviceId, serviceId))
    .orderBy(desc(serviceRevision.number))
    .limit(50);
  const by = await principalRefs(
    db,
    rows.map((row) => row.createdById),
  );
  return rows.map(({ createdById, ...row }) => ({ ...revisionRef(row), createdBy: by(createdById) }));
}

async function rolloutsOf(db: Queries, of: { projectId: string; serviceId: string }) {
  const { records } = await searchRollouts(db, of, { limit: 10, offset: 0 });
  return await rolloutRows(db, records);
}

async function promotionsOf(db: Queries, of: { serviceId: string; viewer: Viewer & { now: Date } }) {
  const { records } = await searchPromotions(
    db,
    { projectId: of.viewer.projectId, serviceId: of.serviceId, states: ['open', 'approved'] },
    { limit: 50, offset: 0 },
  );
  return await promotionRows(db, records, of.viewer);
}

async function refusalsOf(db: Queries, record: ServiceRecord, viewer: Viewer) {
  const watched = watchedRefusal(record.row);
  const [target, active] = await Promise.all([
    rollBackTarget(db, record.row),
    activeRollouts(db, [record.row.id]),
  ]);
  const at = { takeOver: record.takeOver, rolloutActive: active.has(record.row.id) };
  return {
    update: viewerRefusal(viewer, 'services.update'),
    setObjectives: viewerRefusal(viewer, 'services.setObjectives'),
    changeServing: viewerRefusal(viewer, 'services.update') ?? watched,
    changeSpec: viewerRefusal(viewer, 'services.changeSpec') ?? watched,
    dryRun: viewerRefusal(viewer, 'services.dryRun') ?? watched,
    planTakeOver:
      viewerRefusal(viewer, 'services.takeOver') ??
      planRefusal({
        ...record.row,
        adoption: record.adoption,
        hasStable: record.row.stableRevisionId !== null,
      }),
    finishTakeOver: viewerRefusal(viewer, 'services.finishTakeOver') ?? takeOverRefusal('finish', at),
    giveBack: viewerRefusal(viewer, 'services.giveBack') ?? takeOverRefusal('giveBack', at),
    rollBack:
      viewerRefusal(viewer, 'rollouts.rollBack') ??
      takeOverRefusal('rollOut', at) ??
      rollBackRefusal({ mode: record.row.mode, target, active: active.get(record.row.id) ?? null }),
  };
}
