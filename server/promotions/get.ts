import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { lineageSchema, metricsSchema, tagsSchema } from '../../domain/model-version.ts';
import { idSchema } from '../../domain/name.ts';
import { eligibleMembers } from '../../domain/policy.ts';
import { subjectParts } from '../../domain/promotion.ts';
import { refusalSchema } from '../../domain/refusal-schema.ts';
import { rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { timelineOf } from '../audit/queries.ts';
import { query } from '../query.ts';
import { activeRollouts } from '../rows/active-rollouts.ts';
import { changePreview } from '../rows/change-preview.ts';
import { evidenceItems } from '../rows/evidence-items.ts';
import { forecastOf } from '../rows/forecast.ts';
import { preflightView } from '../rows/preflight-view.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import type { PromotionFacts } from '../rows/promotion-facts.ts';
import {
  decisionRefusal,
  promotionBlockers,
  renewRefusal,
  stateRefusal,
} from '../rows/promotion-judgement.ts';
import { type PromotionProofs, promotionProofs } from '../rows/promotion-proofs.ts';
import { rowsOfFacts } from '../rows/promotion-rows.ts';
import { loadRevision, type VersionRecord } from '../rows/revision-record.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { type Viewer, viewerRefusal } from '../rows/viewer-refusal.ts';
import { loadPromotion } from './lock.ts';

/** The decision page: what is asked, on what evidence, what it would change, who signed and who still can. */
export const getPromotion = query(
  {
    permission: 'promotions.get',
    schema: z.object({ promotionId: idSchema }),
    project: (db, input) => rowProject(db, promotion, input.promotionId),
  },
  async ({ db, input, projectId, principal, ctx }) => {
    const now = await ctx.clock(db);
    const facts = await loadPromotion(db, input.promotionId, now);
    const row = onlyRow(await rowsOfFacts(db, [facts], principal));
    const [asked, evidence, signatures, timeline, active, proven] = await Promise.all([
      askedOf(db, facts, now),
      evidenceItems(db, row.to.modelVersionId),
      signaturesOf(db, facts),
      timelineOf(db, { projectId, kind: 'promotion', id: facts.promotion.id }),
      activeRollouts(db, [facts.promotion.serviceId]),
      provenOf(db, facts, now),
    ]);
    const outcome = refusalSchema.safeParse(facts.promotion.outcome);
    return {
      ...row,
      ...asked,
      projectId,
      subjectDigest: facts.action.subjectDigest,
      subject: facts.asked,
      subjectParts: subjectParts(facts.asked, facts.now),
      voidReason: facts.voidReason,
      outcome: outcome.success ? outcome.data : null,
      evidence,
      planDigest: facts.promotion.planDigest,
      policy: facts.policy,
      signatures,
      progress: facts.progress,
      proofs: proven.proofs,
      blockers: promotionBlockers(facts, {
        activeRollout: active.get(facts.promotion.serviceId) ?? null,
        unproven: proven.blockers,
      }),
      refusals: refusalsOf(facts, { principal, projectId }),
      timeline,
    };
  },
);

/** Once a request has started or ended nothing has to be proven for it any more. */
async function provenOf(db: Queries, facts: PromotionFacts, now: Date): Promise<PromotionProofs> {
  if (facts.state !== 'open' && facts.state !== 'approved') return { proofs: [], blockers: [] };
  return await promotionProofs(db, facts.promotion.id, now);
}

/** The version, the plan and what they would change against the revision that the request replaces. */
async function askedOf(db: Queries, facts: PromotionFacts, now: Date) {
  const { promotion: row } = facts;
  const record = await loadService(db, row.serviceId);
  const to = await loadRevision(db, row.toRevisionId);
  const from = row.fromRevisionId === null ? null : await loadRevision(db, row.fromRevisionId);
  const plan = rolloutPlanSchema.parse(row.plan);
  const forecast = await forecastOf(db, {
    serviceId: row.serviceId,
    stableNumber: from?.number ?? null,
    plan,
    now,
  });
  const request = { promotionId: row.id, since: row.requestedAt };
  const isOver = facts.state !== 'open' && facts.state !== 'approved';
  return {
    plan,
    /** Null once it has started or ended, and for what touches no GPU. */
    preflight: isOver
      ? null
      : await preflightView(db, { record, from, to, plan, firstStepIndex: 0, now, request }),
    version: await versionOf(db, to.version),
    liveMetrics: from === null ? null : metricsSchema.parse(from.version.metrics),
    change: changePreview({ record, from, to, plan, forecast }),
  };
}

async function versionOf(db: Queries, version: VersionRecord) {
  const { id, modelName, number, sourceUri, artefactDigest, servingImage, framework, card } = version;
  const by = await principalRefs(db, [version.createdBy]);
  return {
    id,
    modelName,
    number,
    sourceUri,
    artefactDigest,
    servingImage,
    framework,
    card,
    metrics: metricsSchema.parse(version.metrics),
    tags: tagsSchema.parse(version.tags),
    lineage: lineageSchema.parse(version.lineage),
    createdAt: version.createdAt,
    createdBy: by(version.createdBy),
  };
}

/** Signatures in the order in which they were given; one counts while its signer may still sign and nothing changed. */
async function signaturesOf(db: Queries, facts: PromotionFacts) {
  const by = await principalRefs(
    db,
    facts.approvals.map((entry) => entry.principalId),
  );
  const eligible = new Set(
    eligibleMembers(facts.policy.rules, facts.members, facts.subject).map((member) => member.userId),
  );
  return facts.approvals.map(({ id, principalId, ownerUserId, decision, comment, decidedAt }) => ({
    id,
    principal: by(principalId),
    decision,
    comment,
    decidedAt,
    counts: facts.voidReason === null && eligible.has(ownerUserId),
  }));
}

function refusalsOf(facts: PromotionFacts, viewer: Viewer) {
  return {
    approve: decisionRefusal(facts, 'approve', viewer.principal),
    reject: decisionRefusal(facts, 'reject', viewer.principal),
    withdraw: viewerRefusal(viewer, 'promotions.withdraw') ?? stateRefusal(facts, 'withdraw'),
    renew: viewerRefusal(viewer, 'promotions.renew') ?? renewRefusal(facts),
  };
}
