import { asc, eq, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { policy, policyRevision } from '../../db/schema/environments.ts';
import { principal } from '../../db/schema/identity.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { approval, guardedAction, promotion } from '../../db/schema/promotions.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import {
  type ApprovalProgress,
  approvalProgress,
  type Member,
  policyRulesSchema,
  type Subject,
} from '../../domain/policy.ts';
import {
  type PromotionState,
  type PromotionSubject,
  promotionSubjectSchema,
  subjectRefusal,
} from '../../domain/promotion.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { refusalSchema } from '../../domain/refusal-schema.ts';
import { signingMembers } from '../project-members.ts';
import { currentSubjects } from '../promotion-subject.ts';
import { ownerOf, type PrincipalRef, principalRefs } from './principal-refs.ts';
import type { PolicyInForce } from './service-record.ts';

export type PromotionRecord = {
  readonly promotion: typeof promotion.$inferSelect;
  readonly action: typeof guardedAction.$inferSelect;
};

/** Everything that decides what may happen to a request, read once and judged by pure functions. */
export type PromotionFacts = PromotionRecord & {
  /** In audit entries: "fraud-detector 7 on scoring". */
  readonly name: string;
  /** The stored state with what time and changes have done to it since. */
  readonly state: PromotionState;
  readonly voidReason: Refusal | null;
  readonly asked: PromotionSubject;
  readonly now: PromotionSubject;
  readonly policy: PolicyInForce;
  readonly subject: Subject;
  readonly members: readonly Member[];
  readonly approvals: readonly (typeof approval.$inferSelect)[];
  readonly requestedBy: PrincipalRef;
  readonly progress: ApprovalProgress;
};

export const promotionRecordColumns = { promotion, action: guardedAction };

/** Reads the facts of many requests of one project in a fixed number of round trips. */
export async function promotionFacts(
  queries: Queries,
  records: readonly PromotionRecord[],
  at: { projectId: string; now: Date },
): Promise<PromotionFacts[]> {
  if (records.length === 0) return [];
  const [subjects, policies, approvals, members, revisions, by] = await Promise.all([
    currentSubjects(
      queries,
      records.map((record) => record.promotion.id),
    ),
    policiesOf(queries, records),
    approvalRows(queries, { ids: records.map((record) => record.action.id) }),
    signingMembers(queries, at.projectId),
    revisionsOf(queries, records),
    principalRefs(
      queries,
      records.map((record) => record.action.requestedBy),
    ),
  ]);
  return records.map((record) => {
    const { promotion: row, action } = record;
    const now = subjects.get(row.id);
    const policyInForce = policies.get(action.policyRevisionId);
    const revision = revisions.get(row.toRevisionId);
    if (now === undefined || policyInForce === undefined || revision === undefined)
      throw new Error(`Promotion ${row.id} lacks a part.`);
    const asked = promotionSubjectSchema.parse(action.subject);
    const signed = approvals.filter((entry) => entry.actionId === action.id);
    const requestedBy = by(action.requestedBy);
    const subject = {
      requesterUserId: ownerOf(requestedBy),
      authorUserIds: [ownerOf(revision.author)].filter((id) => id !== null),
    };
    return {
      ...record,
      name: `${revision.model} ${revision.version} on ${revision.service}`,
      ...presentState(record, { changed: subjectRefusal(asked, now), now: at.now }),
      asked,
      now,
      policy: policyInForce,
      subject,
      members,
      approvals: signed,
      requestedBy,
      progress: approvalProgress(policyInForce.rules, { members, subject }, signed),
    };
  });
}

/** What the stored state has become: a changed subject voids, time expires what nobody has decided. */
function presentState(
  { promotion: row, action }: PromotionRecord,
  at: { changed: Refusal | null; now: Date },
): { state: PromotionState; voidReason: Refusal | null } {
  const waits = row.state === 'open' || row.state === 'approved';
  if (waits && at.changed !== null) return { state: 'voided', voidReason: at.changed };
  if (row.state === 'open' && action.expiresAt <= at.now) return { state: 'expired', voidReason: null };
  if (row.state !== 'voided') return { state: row.state, voidReason: null };
  const stored = refusalSchema.safeParse(row.outcome);
  return { state: 'voided', voidReason: stored.success ? stored.data : (at.changed ?? changedSomehow) };
}

const changedSomehow = refusal({
  code: 'subjectChanged',
  message: 'What was asked for has changed, so this request is void.',
});

type Ids = { readonly ids: readonly string[] };

const approvalRows = prepared((queries, value: ValueOf<Ids>) =>
  queries
    .select()
    .from(approval)
    .where(sql`${approval.actionId} = any(${value('ids')})`)
    .orderBy(asc(approval.id)),
);

const policyRows = prepared((queries, value: ValueOf<Ids>) =>
  queries
    .select({ revision: policyRevision, name: policy.name })
    .from(policyRevision)
    .innerJoin(policy, eq(policy.id, policyRevision.policyId))
    .where(sql`${policyRevision.id} = any(${value('ids')})`),
);

async function policiesOf(queries: Queries, records: readonly PromotionRecord[]) {
  const ids = [...new Set(records.map((record) => record.action.policyRevisionId))];
  const rows = await policyRows(queries, { ids });
  return new Map<string, PolicyInForce>(
    rows.map(({ revision, name }) => [
      revision.id,
      {
        policyId: revision.policyId,
        name,
        revisionId: revision.id,
        number: revision.number,
        rules: policyRulesSchema.parse(revision.rules),
      },
    ]),
  );
}

const revisionRows = prepared((queries, value: ValueOf<Ids>) =>
  queries
    .select({
      revisionId: serviceRevision.id,
      author: principal,
      model: model.name,
      version: modelVersion.number,
      service: service.name,
    })
    .from(serviceRevision)
    .innerJoin(service, eq(service.id, serviceRevision.serviceId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .innerJoin(principal, eq(principal.id, modelVersion.createdBy))
    .where(sql`${serviceRevision.id} = any(${value('ids')})`),
);

/** Who registered the version that each revision runs, and what it is called. */
async function revisionsOf(queries: Queries, records: readonly PromotionRecord[]) {
  const ids = [...new Set(records.map((record) => record.promotion.toRevisionId))];
  const rows = await revisionRows(queries, { ids });
  return new Map(rows.map((row) => [row.revisionId, row]));
}
