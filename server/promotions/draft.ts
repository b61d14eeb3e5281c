import { and, eq, inArray } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { serviceRevision } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import type { Member, Subject } from '../../domain/policy.ts';
import type { Principal } from '../../domain/principal.ts';
import { DomainError } from '../../domain/refusal.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { type ServiceSpec, serviceSpecSchema } from '../../domain/service-spec.ts';
import { signingMembers } from '../project-members.ts';
import { activeRollouts, type RolloutRecord } from '../rows/active-rollouts.ts';
import { type EvidenceItem, evidenceItems } from '../rows/evidence-items.ts';
import { ownerOf, principalRefs } from '../rows/principal-refs.ts';
import { type PromotionFacts, promotionFacts, promotionRecordColumns } from '../rows/promotion-facts.ts';
import { loadProofs, type Proofs } from '../rows/proofs.ts';
import {
  loadRevision,
  loadVersion,
  pinnedImage,
  type RevisionRecord,
  specDigestOf,
  type VersionRecord,
} from '../rows/revision-record.ts';
import { notFound } from '../rows/row-project.ts';
import type { ServiceRecord } from '../rows/service-record.ts';
import { startedPromotions } from '../rows/started-promotions.ts';

export const draftSchema = z.object({
  serviceId: idSchema,
  /** May be left out when a revision is live: then its version stays and only the spec or the plan changes. */
  modelVersionId: idSchema.optional(),
  spec: serviceSpecSchema.optional(),
  plan: rolloutPlanSchema.optional(),
});
export type DraftInput = z.output<typeof draftSchema>;

/** A request as it would be sent, with all that decides whether it may be. */
export type Draft = {
  readonly record: ServiceRecord;
  readonly stable: RevisionRecord | null;
  /** `revisionId` is set when the service has a revision with exactly this content. */
  readonly to: RevisionRecord;
  /** Null when neither the version nor the spec pins the serving image by digest. */
  readonly imageDigest: string | null;
  readonly plan: RolloutPlan;
  readonly evidence: readonly EvidenceItem[];
  readonly members: readonly Member[];
  readonly subject: Subject;
  readonly active: RolloutRecord | null;
  /** The request that made live what is live; null when there is none. */
  readonly livePromotionId: string | null;
  /** Requests with the same content that are still in force. */
  readonly pending: readonly PromotionFacts[];
  /** What the policy wants proven elsewhere first. */
  readonly proofs: Proofs;
};

/** Reads what a request of this content would mean now. */
export async function loadDraft(
  queries: Queries,
  asked: { record: ServiceRecord; input: DraftInput; principal: Principal; now: Date },
): Promise<Draft> {
  const { record, input, principal, now } = asked;
  const { stableRevisionId, projectId } = record.row;
  const stable = stableRevisionId === null ? null : await loadRevision(queries, stableRevisionId);
  const version = await wantedVersion(queries, { record, stable, wanted: input.modelVersionId ?? null });
  const spec = input.spec ?? stable?.spec ?? record.spec;
  const to = await proposedRevision(queries, { record, version, spec });
  const by = await principalRefs(queries, [version.createdBy]);
  const active = await activeRollouts(queries, [record.row.id]);
  return {
    record,
    stable,
    to,
    imageDigest: pinnedImage(version, spec),
    plan: input.plan ?? record.defaultPlan,
    evidence: await evidenceItems(queries, version.id),
    members: await signingMembers(queries, projectId),
    subject: {
      requesterUserId: principal.ownerUserId,
      authorUserIds: [ownerOf(by(version.createdBy))].filter((id) => id !== null),
    },
    active: active.get(record.row.id) ?? null,
    livePromotionId:
      (await startedPromotions(queries, [stableRevisionId])).get(stableRevisionId ?? '') ?? null,
    pending: await pendingFor(queries, { projectId, revisionId: to.revisionId, now }),
    proofs: await loadProofs(queries, {
      projectId,
      serviceName: record.row.name,
      modelVersionId: version.id,
      rules: record.policy.rules.provenIn,
      now,
    }),
  };
}

async function wantedVersion(
  queries: Queries,
  asked: { record: ServiceRecord; stable: RevisionRecord | null; wanted: string | null },
): Promise<VersionRecord> {
  const { record, stable, wanted } = asked;
  if (wanted === null) {
    if (stable !== null) return stable.version;
    throw new DomainError({
      code: 'invalidInput',
      message: 'modelVersionId: nothing is live on this service yet, so name the version to promote.',
      params: { field: 'modelVersionId' },
    });
  }
  const version = await loadVersion(queries, wanted);
  if (version.projectId !== record.row.projectId) throw notFound();
  return version;
}

/** The stored revision with this content, or the next one that would be made. */
async function proposedRevision(
  queries: Queries,
  wanted: { record: ServiceRecord; version: VersionRecord; spec: ServiceSpec },
): Promise<RevisionRecord> {
  const { record, version, spec } = wanted;
  const specDigest = specDigestOf(version.id, spec);
  const rows = await queries
    .select({ id: serviceRevision.id, number: serviceRevision.number })
    .from(serviceRevision)
    .where(and(eq(serviceRevision.serviceId, record.row.id), eq(serviceRevision.specDigest, specDigest)))
    .limit(1);
  const stored = rows[0];
  return {
    revisionId: stored?.id ?? null,
    number: stored?.number ?? record.row.nextRevisionNumber,
    version,
    spec,
    specDigest,
  };
}

async function pendingFor(
  queries: Queries,
  at: { projectId: string; revisionId: string | null; now: Date },
): Promise<PromotionFacts[]> {
  if (at.revisionId === null) return [];
  const records = await queries
    .select(promotionRecordColumns)
    .from(promotion)
    .innerJoin(guardedAction, eq(guardedAction.id, promotion.actionId))
    .where(and(eq(promotion.toRevisionId, at.revisionId), inArray(promotion.state, ['open', 'approved'])))
    .limit(50);
  const facts = await promotionFacts(queries, records, at);
  return facts.filter((fact) => fact.state === 'open' || fact.state === 'approved');
}
