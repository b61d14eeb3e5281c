import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { type Transaction, withCommit } from '../../db/client.ts';
import { asColumn, prepared, type ValueOf } from '../../db/prepared.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { idSchema } from '../../domain/name.ts';
import { type PromotionState, subjectRefusal } from '../../domain/promotion.ts';
import { refuse } from '../../domain/refusal.ts';
import { endApprovalNeeded } from '../approval-notice.ts';
import type { AuditDraft } from '../audit/append.ts';
import { type CommandRun, command } from '../command.ts';
import type { PromotionFacts } from '../rows/promotion-facts.ts';
import { decisionRefusal } from '../rows/promotion-judgement.ts';
import {
  type Decision,
  decisionFields,
  refuseOtherSubject,
  stateAfterDecision,
  storeDecision,
} from '../sign-action.ts';
import { wakingService } from '../wake-service.ts';
import { lockedFacts } from './lock.ts';

const decisionSchema = z.object({
  promotionId: idSchema,
  ...decisionFields,
});
type DecisionInput = z.output<typeof decisionSchema>;

/** Signs; the last signature that the policy asks for approves the request and wakes the worker. */
export const approvePromotion = command(
  { permission: 'promotions.approve', schema: decisionSchema, project: 'locked', ahead: lockedFacts },
  (run) => decide(run, 'approve'),
);

/** Ends the request with a reason. */
export const rejectPromotion = command(
  {
    permission: 'promotions.reject',
    schema: decisionSchema.extend({
      comment: z.string().trim().min(1, 'Say why, so that the requester can mend it.').max(5_000),
    }),
    project: 'locked',
    ahead: lockedFacts,
  },
  (run) => decide(run, 'reject'),
);

async function decide(run: CommandRun<DecisionInput, PromotionFacts>, verb: Decision) {
  const { tx, input, ahead: facts, principal, now } = run;
  refuse(decisionRefusal(facts, verb, principal));
  refuse(subjectRefusal(facts.asked, facts.now));
  refuseOtherSubject(facts.action, input.subjectDigest);
  const { subjectDigest, comment } = input;
  const { projectId } = facts.promotion;
  const decided = { userId: principal.id, decision: verb };
  const signed = { projectId, actionId: facts.action.id, ...decided, comment, subjectDigest, now };
  const state = stateAfterDecision({ ...facts, rules: facts.policy.rules }, decided);
  void withCommit(tx, storeDecision(tx, signed));
  saveState(tx, { facts, state, now });
  const audit = [decisionEntry({ facts, verb, state, comment })] as const;
  return { result: { promotionId: facts.promotion.id, state }, audit };
}

/** The request's new state and what follows from it. */
function saveState(
  tx: Transaction,
  { facts, state, now }: { facts: PromotionFacts; state: PromotionState; now: Date },
): void {
  if (state === 'open') return;
  const { id: promotionId, projectId, serviceId } = facts.promotion;
  void withCommit(tx, decidedPromotion(tx, { promotionId, state, now }));
  void withCommit(tx, endApprovalNeeded(tx, { projectId, promotionId }, now));
  void withCommit(tx, wakingService(tx, serviceId, now));
}

type State = { readonly promotionId: string; readonly state: PromotionState; readonly now: Date };

const decidedPromotion = prepared((queries, value: ValueOf<State>) =>
  queries
    .update(promotion)
    .set({
      state: asColumn(value('state'), promotion.state),
      decidedAt: asColumn(value('now'), promotion.decidedAt),
      outcome: null,
    })
    .where(eq(promotion.id, value('promotionId'))),
);

type Decided = {
  readonly facts: PromotionFacts;
  readonly verb: Decision;
  readonly state: PromotionState;
  readonly comment: string;
};

function decisionEntry({ facts, verb, state, comment }: Decided): AuditDraft {
  const { name } = facts;
  const done = verb === 'approve' ? 'approved' : 'rejected';
  const rest = verb === 'approve' && state === 'approved' ? '; it was the last signature' : '';
  return {
    object: { kind: 'promotion', id: facts.promotion.id, name },
    sentence: `${done} ${name}${rest}`,
    before: { state: facts.promotion.state },
    after: { state, subjectDigest: facts.action.subjectDigest },
    comment: comment === '' ? undefined : comment,
    related: [
      { kind: 'service', id: facts.promotion.serviceId },
      { kind: 'serviceRevision', id: facts.promotion.toRevisionId },
    ],
  };
}
