import { and, asc, count, eq, inArray, max, sum } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { analysisInterval, checkResult, rollout, rolloutRecord } from '../../db/schema/rollouts.ts';
import { idSchema } from '../../domain/name.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { type RolloutVerb, rolloutRefusal, rolloutVerbs } from '../../domain/rollout.ts';
import { checkIdsOf } from '../../domain/rollout-plan.ts';
import { type AuditItem, timelineOf } from '../audit/queries.ts';
import { clockOffsetMs } from '../clock.ts';
import { query } from '../query.ts';
import { rollBackRefusal, rollBackTarget } from '../roll-back-target.ts';
import { activeRollouts, type RolloutRecord } from '../rows/active-rollouts.ts';
import { evidenceItems } from '../rows/evidence-items.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { intentOf, planOf, progressOf, rolloutRows, statusOf } from '../rows/rollout-rows.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { loadService, type ServiceRecord } from '../rows/service-record.ts';
import { type Viewer, viewerRefusal } from '../rows/viewer-refusal.ts';
import { bakeOf } from './bake.ts';
import { incidentOf } from './incident.ts';

/** One rollout: plan, progress, evidence, what happened, and what may be done now. */
export const getRollout = query(
  {
    permission: 'rollouts.get',
    schema: z.object({ rolloutId: idSchema }),
    project: (db, input) => rowProject(db, rollout, input.rolloutId),
  },
  async ({ db, input, projectId, principal, ctx }) => {
    const record = onlyRow(await db.select().from(rollout).where(eq(rollout.id, input.rolloutId)));
    const place = await loadService(db, record.serviceId);
    const row = onlyRow(await rolloutRows(db, [record]));
    const plan = planOf(record);
    const offset = await clockOffsetMs(db, place.environment.clusterId);
    const databaseNow = await ctx.clock(db);
    const now = new Date(databaseNow.getTime() + offset);
    const [evidence, checkResults, totals, timeline, back, bake] = await Promise.all([
      evidenceItems(db, row.to.modelVersionId),
      checkResultsOf(db, record.id),
      totalsOf(db, record.id, checkIdsOf(plan)),
      timelineWith(db, { projectId, record }),
      backOf(db, { place, record, viewer: { principal, projectId } }),
      bakeOf(db, { record, place, now }),
    ]);
    const viewer = { principal, projectId };
    const clocks = { now, databaseNow, offsetMs: offset };
    const incident = await incidentOf(db, { record, row, place, timeline, viewer, ...clocks });
    const { planDigest, phi, phiBackedByHistory, generation, pausedAt, promotedAt, continuedStep } = record;
    const { stepStartedAt, acceptedAt, effectiveAt, heldAt } = record;
    return {
      ...row,
      projectId,
      plan,
      planDigest,
      phi,
      phiBackedByHistory,
      generation,
      pausedAt,
      promotedAt,
      continuedStep,
      stepStartedAt,
      acceptedAt,
      effectiveAt,
      heldAt,
      serviceGeneration: place.row.generation,
      serviceObservedGeneration: place.row.observedGeneration,
      status: statusOf(record),
      statusAt: record.statusAt,
      evidence,
      checkResults,
      totals,
      timeline,
      ...back,
      bake,
      incident,
      hasRecord: await hasRecord(db, record.id),
      retryOfId: record.retryOfId,
      firstStepIndex: record.firstStepIndex,
      now,
    };
  },
);

/** Verdicts in the order in which they changed; at most 500. */
async function checkResultsOf(db: Queries, rolloutId: string) {
  return await db
    .select({
      step: checkResult.step,
      checkId: checkResult.checkId,
      verdict: checkResult.verdict,
      evidence: checkResult.evidence,
      at: checkResult.at,
    })
    .from(checkResult)
    .where(eq(checkResult.rolloutId, rolloutId))
    .orderBy(asc(checkResult.at))
    .limit(500);
}

async function totalsOf(db: Queries, rolloutId: string, checkIds: readonly string[]) {
  if (checkIds.length === 0) return [];
  const rows = await db
    .select({
      checkId: analysisInterval.checkId,
      nCanary: sum(analysisInterval.nCanary).mapWith(Number),
      nStable: sum(analysisInterval.nStable).mapWith(Number),
      xCanary: sum(analysisInterval.xCanary).mapWith(Number),
      xStable: sum(analysisInterval.xStable).mapWith(Number),
      intervals: count(),
      newestAt: max(analysisInterval.intervalEnd),
    })
    .from(analysisInterval)
    .where(and(eq(analysisInterval.rolloutId, rolloutId), inArray(analysisInterval.checkId, [...checkIds])))
    .groupBy(analysisInterval.checkId);
  return rows;
}

/** Acts on the rollout and on the request that led to it, oldest first. */
async function timelineWith(
  db: Queries,
  { projectId, record }: { projectId: string; record: RolloutRecord },
): Promise<AuditItem[]> {
  const own = await timelineOf(db, { projectId, kind: 'rollout', id: record.id });
  if (record.promotionId === null) return own;
  const asked = await timelineOf(db, { projectId, kind: 'promotion', id: record.promotionId });
  const seen = new Set(own.map((item) => item.seq));
  return [...asked.filter((item) => !seen.has(item.seq)), ...own].sort((left, right) => left.seq - right.seq);
}

async function hasRecord(db: Queries, rolloutId: string): Promise<boolean> {
  const rows = await db
    .select({ rolloutId: rolloutRecord.rolloutId })
    .from(rolloutRecord)
    .where(eq(rolloutRecord.rolloutId, rolloutId));
  return rows.length > 0;
}

/** Refusals per verb, and where a roll back leads. */
async function backOf(
  db: Queries,
  { place, record, viewer }: { place: ServiceRecord; record: RolloutRecord; viewer: Viewer },
) {
  const active = (await activeRollouts(db, [record.serviceId])).get(record.serviceId) ?? null;
  const target = record.endedAt === null ? record.fromRevisionId : await rollBackTarget(db, place.row);
  const revisions = await revisionRefs(db, [target]);
  const refusals = Object.fromEntries(
    rolloutVerbs.map((verb) => [
      verb,
      verbRefusal(verb, { record, active, target, viewer, mode: place.row.mode }),
    ]),
  ) as Record<RolloutVerb, Refusal | null>;
  return { refusals, rollBackTo: revisions.maybe(target) };
}

type Situation = {
  readonly mode: 'managed' | 'watched';
  readonly record: RolloutRecord;
  readonly active: RolloutRecord | null;
  readonly target: string | null;
  readonly viewer: Viewer;
};

/** Why the verb is not possible for this viewer now; an ended rollout can still be rolled back while its service has an earlier revision. */
function verbRefusal(verb: RolloutVerb, situation: Situation): Refusal | null {
  const { mode, record, active, target, viewer } = situation;
  const role = viewerRefusal(viewer, `rollouts.${verb}`);
  if (role !== null) return role;
  if (verb === 'rollBack' && record.endedAt !== null)
    return active === null
      ? rollBackRefusal({ mode, target, active })
      : { ...otherIsActive, params: { rolloutId: active.id } };
  return rolloutRefusal({ intent: intentOf(record), progress: progressOf(record) }, verb);
}

const otherIsActive: Refusal = {
  code: 'rolloutActive',
  message: 'A newer rollout of this service is under way.',
  params: {},
  fix: 'Roll that one back, or abort it.',
};
