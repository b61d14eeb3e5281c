import { eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import { type ApprovalProgress, approvalProgress } from '../../domain/policy.ts';
import type { PromotionSubject } from '../../domain/promotion.ts';
import { refuse } from '../../domain/refusal.ts';
import { tellApprovalNeeded } from '../approval-notice.ts';
import type { AuditDraft } from '../audit/append.ts';
import { command } from '../command.ts';
import { digestOf } from '../digest.ts';
import { newId } from '../id.ts';
import { signaturesMissing } from '../rows/promotion-judgement.ts';
import { rowProject } from '../rows/row-project.ts';
import { lockService } from '../rows/service-record.ts';
import { lookSoon, wakeService } from '../wake-service.ts';
import { type Draft, draftSchema, loadDraft } from './draft.ts';
import { draftRefusals } from './draft-judgement.ts';

export const noteSchema = z.string().trim().max(5_000);

/** Asks for a revision to be moved onto a service; approved at once when the policy asks nobody. */
export const requestPromotion = command(
  {
    permission: 'promotions.request',
    schema: draftSchema.extend({ note: noteSchema.default('') }),
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async ({ tx, input, principal, now, ctx }) => {
    const record = await lockService(tx, input.serviceId);
    const draft = await loadDraft(tx, { record, input, principal, now });
    refuse(draftRefusals(draft)[0] ?? null);
    const { origin } = ctx;
    return await insertPromotion(tx, draft, { note: input.note, requestedBy: principal, now, origin });
  },
);

export type Requested = {
  readonly promotionId: string;
  readonly revisionId: string;
  readonly revisionNumber: number;
  readonly state: 'open' | 'approved';
  readonly subjectDigest: string;
};

type Request = {
  readonly note: string;
  readonly requestedBy: { readonly id: string; readonly name: string };
  readonly now: Date;
  readonly origin: 'live' | 'demo';
};

/** Stores revision, guarded action and promotion; the caller has locked the service and checked the refusals. */
export async function insertPromotion(
  tx: Transaction,
  draft: Draft,
  request: Request,
): Promise<{ result: Requested; audit: [AuditDraft] }> {
  const { record, to, plan, stable, members } = draft;
  const { projectId } = record.row;
  const revisionId = to.revisionId ?? (await insertRevision(tx, draft, request));
  const planDigest = digestOf(plan);
  const subject: PromotionSubject = {
    schema: 1,
    projectId,
    kind: 'promotion',
    serviceId: record.row.id,
    environmentId: record.environment.id,
    specDigest: to.specDigest,
    artefactDigest: to.version.artefactDigest ?? '',
    imageDigest: draft.imageDigest ?? '',
    fromRevisionId: stable?.revisionId ?? null,
    planDigest,
    policyRevisionId: record.policy.revisionId,
  };
  const { rules } = record.policy;
  const subjectDigest = digestOf(subject);
  const [actionId, promotionId] = [newId(), newId()];
  await tx.insert(guardedAction).values({
    id: actionId,
    projectId,
    kind: 'promotion',
    subject,
    subjectDigest,
    policyRevisionId: record.policy.revisionId,
    requestedBy: request.requestedBy.id,
    requestedAt: request.now,
    expiresAt: new Date(request.now.getTime() + rules.expiresAfterMs),
  });
  const progress = approvalProgress(rules, { members, subject: draft.subject }, []);
  const { satisfied } = progress;
  const state = satisfied ? 'approved' : 'open';
  await tx.insert(promotion).values({
    id: promotionId,
    projectId,
    actionId,
    serviceId: record.row.id,
    toRevisionId: revisionId,
    fromRevisionId: subject.fromRevisionId,
    plan,
    planDigest,
    note: request.note,
    state,
    requestedAt: request.now,
    decidedAt: satisfied ? request.now : null,
  });
  if (satisfied) await wakeService(tx, record.row.id, request.now);
  else {
    await tellSigners(tx, draft, { request, promotionId, progress });
    // What its start will need is measured while it waits for signatures.
    await lookSoon(tx, record.row.id, request.now);
  }
  return {
    result: { promotionId, revisionId, revisionNumber: to.number, state, subjectDigest },
    audit: [requestEntry(draft, { request, promotionId, revisionId, subject, state })],
  };
}

type Telling = {
  readonly request: Request;
  readonly promotionId: string;
  readonly progress: ApprovalProgress;
};

async function tellSigners(tx: Transaction, { record, to }: Draft, telling: Telling): Promise<void> {
  const { request, promotionId, progress } = telling;
  const { row, environment } = record;
  const { projectId, id: serviceId } = row;
  const notice = {
    kind: 'approvalNeeded',
    service: row.name,
    environment: environment.name,
    production: environment.production,
    version: `${to.version.modelName} ${to.version.number}`,
    revision: to.number,
    signatures: signaturesMissing({ progress }),
    askedBy: request.requestedBy.name,
    signerIds: progress.canStillSign.map(({ userId }) => userId),
  } as const;
  await tellApprovalNeeded(tx, { projectId, promotionId, serviceId, notice }, request);
}

async function insertRevision(
  tx: Transaction,
  { record, to, imageDigest }: Draft,
  request: Request,
): Promise<string> {
  const id = newId();
  await tx.insert(serviceRevision).values({
    id,
    projectId: record.row.projectId,
    serviceId: record.row.id,
    number: to.number,
    modelVersionId: to.version.id,
    spec: to.spec,
    specDigest: to.specDigest,
    imageDigest: imageDigest ?? '',
    createdAt: request.now,
    createdBy: request.requestedBy.id,
  });
  await tx
    .update(service)
    .set({ nextRevisionNumber: sql`${service.nextRevisionNumber} + 1` })
    .where(eq(service.id, record.row.id));
  return id;
}

type Stored = {
  readonly request: Request;
  readonly promotionId: string;
  readonly revisionId: string;
  readonly subject: PromotionSubject;
  readonly state: 'open' | 'approved';
};

function requestEntry({ record, to }: Draft, stored: Stored): AuditDraft {
  const name = `${to.version.modelName} ${to.version.number} on ${record.row.name}`;
  const atOnce = stored.state === 'approved' ? '; the policy asks nobody, so it is approved' : '';
  return {
    object: { kind: 'promotion', id: stored.promotionId, name },
    sentence: `asked for ${name} in ${record.environment.name} as revision ${to.number}${atOnce}`,
    after: { state: stored.state, subject: stored.subject },
    comment: stored.request.note === '' ? undefined : stored.request.note,
    related: [
      { kind: 'service', id: record.row.id },
      { kind: 'serviceRevision', id: stored.revisionId },
      { kind: 'modelVersion', id: to.version.id },
    ],
  };
}
