import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { idSchema } from '../../domain/name.ts';
import { type PromotionState, subjectRefusal } from '../../domain/promotion.ts';
import { refuse } from '../../domain/refusal.ts';
import { endApprovalNeeded } from '../approval-notice.ts';
import { type AuditDraft, lockChain } from '../audit/append.ts';
import { type CommandRun, command } from '../command.ts';
import type { PromotionFacts, PromotionRecord } from '../rows/promotion-facts.ts';
import { decisionRefusal } from '../rows/promotion-judgement.ts';
import { rowProject } from '../rows/row-project.ts';
import {
  type Decision,
  decisionFields,
  refuseOtherSubject,
  stateAfterDecision,
  storeDecision,
} from '../sign-action.ts';
import { wakeService } from '../wake-service.ts';
import { factsOf, lockPromotion, promotionName } from './lock.ts';

const decisionSchema = z.object({
  promotionId: idSchema,
  ...decisionFields,
});
type DecisionInput = z.output<typeof decisionSchema>;

const project = (tx: Transaction, input: { promotionId: string }) =>
  rowProject(tx, promotion, input.promotionId);

/** Signs; the last signature that the policy asks for approves the request and wakes the worker. */
export const approvePromotion = command(
  { permission: 'promotions.approve', schema: decisionSchema, project, ahead: lockPromotion },
  (run) => decide(run, 'approve'),
);

/** Ends the request with a reason. */
export const rejectPromotion = command(
  {
    permission: 'promotions.reject',
    schema: decisionSchema.extend({
      comment: z.string().trim().min(1, 'Say why, so that the requester can mend it.').max(5_000),
    }),
    project,
    ahead: lockPromotion,
  },
  (run) => decide(run, 'reject'),
);

async function decide(run: CommandRun<DecisionInput, PromotionRecord>, verb: Decision) {
  const { tx, input, ahead, principal, now } = run;
  const facts = await factsOf(tx, ahead, now);
  refuse(decisionRefusal(facts, verb, principal));
  refuse(subjectRefusal(facts.asked, facts.now));
  refuseOtherSubject(facts.action, input.subjectDigest);
  const { subjectDigest, comment } = input;
  const { projectId } = facts.promotion;
  const decided = { userId: principal.id, decision: verb };
  const signed = { projectId, actionId: facts.action.id, ...decided, comment, subjectDigest, now };
  const state = stateAfterDecision({ ...facts, rules: facts.policy.rules }, decided);
  const [entry] = await Promise.all([
    decisionEntry(tx, { facts, verb, state, comment }),
    storeDecision(tx, signed),
    saveState(tx, { facts, state, now }),
    lockChain(tx, projectId),
  ]);
  return { result: { promotionId: facts.promotion.id, state }, audit: [entry] as const };
}

async function saveState(
  tx: Transaction,
  { facts, state, now }: { facts: PromotionFacts; state: PromotionState; now: Date },
): Promise<void> {
  if (state === 'open') return;
  const { id: promotionId, projectId, serviceId } = facts.promotion;
  await Promise.all([
    tx.update(promotion).set({ state, decidedAt: now, outcome: null }).where(eq(promotion.id, promotionId)),
    endApprovalNeeded(tx, { projectId, promotionId }, now),
    wakeService(tx, serviceId, now),
  ]);
}

async function decisionEntry(
  tx: Transaction,
  made: { facts: PromotionFacts; verb: Decision; state: PromotionState; comment: string },
): Promise<AuditDraft> {
  const { facts, verb, state } = made;
  const name = await promotionName(tx, facts);
  const done = verb === 'approve' ? 'approved' : 'rejected';
  const rest = verb === 'approve' && state === 'approved' ? '; it was the last signature' : '';
  return {
    object: { kind: 'promotion', id: facts.promotion.id, name },
    sentence: `${done} ${name}${rest}`,
    before: { state: facts.promotion.state },
    after: { state, subjectDigest: facts.action.subjectDigest },
    comment: made.comment === '' ? undefined : made.comment,
    related: [
      { kind: 'service', id: facts.promotion.serviceId },
      { kind: 'serviceRevision', id: facts.promotion.toRevisionId },
    ],
  };
}
