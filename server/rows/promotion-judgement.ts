import { signerRefusal } from '../../domain/policy.ts';
import type { Principal } from '../../domain/principal.ts';
import { promotionRefusal } from '../../domain/promotion.ts';
import { type Blocker, blocker, type Refusal, refusal } from '../../domain/refusal.ts';
import { blockerSchema } from '../../domain/refusal-schema.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { viewerRefusal } from './viewer-refusal.ts';

/** Why this principal cannot approve or reject the request now, or null; thrown by the command, shown on the button. */
export function decisionRefusal(
  facts: PromotionFacts,
  verb: 'approve' | 'reject',
  principal: Principal,
): Refusal | null {
  const role = viewerRefusal({ principal, projectId: facts.promotion.projectId }, `promotions.${verb}`);
  if (role !== null) return role;
  if (principal.kind !== 'user')
    return refusal({
      code: 'forbidden',
      message: 'Only a person who is signed in can sign; a token never can.',
      fix: 'Open the request in the console.',
    });
  return stateRefusal(facts, verb) ?? signRefusal(facts, principal.id);
}

/** Why the verb is not possible in the request's present state, or null; a void request says what changed. */
export function stateRefusal(facts: PromotionFacts, verb: 'approve' | 'reject' | 'withdraw'): Refusal | null {
  if (facts.state === 'voided' && facts.voidReason !== null) return facts.voidReason;
  return promotionRefusal(facts.state, verb);
}

function signRefusal(facts: PromotionFacts, userId: string): Refusal | null {
  const earlier = facts.approvals.find((entry) => entry.ownerUserId === userId);
  if (earlier !== undefined)
    return refusal({
      code: 'alreadyDecided',
      message: `You ${earlier.decision === 'approve' ? 'approved' : 'rejected'} this already.`,
    });
  const member = facts.members.find((entry) => entry.userId === userId);
  if (member === undefined)
    return refusal({
      code: 'notApprover',
      message: 'You are not among those who may sign in this project.',
      fix: 'Ask an admin of the project for the role approver.',
    });
  return signerRefusal(facts.policy.rules, member, facts.subject);
}

/** Why the request cannot be asked for again with the same content, or null. */
export function renewRefusal(facts: PromotionFacts): Refusal | null {
  switch (facts.state) {
    case 'voided':
    case 'expired':
    case 'withdrawn':
      return null;
    case 'open':
    case 'approved':
    case 'started':
      return refusal({ code: 'wrongState', message: 'This request is still in force.' });
    case 'rejected':
      return refusal({
        code: 'wrongState',
        message: 'It was rejected, so the same cannot be asked for again.',
        fix: 'Ask for a version or a spec that answers the reason.',
      });
  }
}

/** How many more people have to sign at the least. */
export function signaturesMissing({ progress }: Pick<PromotionFacts, 'progress'>): number {
  return Math.max(progress.missingPeople, ...progress.rules.map((rule) => rule.missing), 0);
}

type Waiting = {
  readonly activeRollout: { readonly id: string } | null;
  /** What is not proven now; left out by lists, which show what the worker last said. */
  readonly unproven?: readonly Blocker[];
};

/** What the request waits for; empty once it has ended or started. */
export function promotionBlockers(facts: PromotionFacts, { activeRollout, unproven }: Waiting): Blocker[] {
  if (facts.state === 'open') return [approvalsMissing(facts), ...(unproven ?? [])];
  if (facts.state !== 'approved') return [];
  if (unproven !== undefined && unproven.length > 0) return [...unproven];
  const stored = blockerSchema.safeParse(facts.promotion.outcome);
  const isOld = unproven !== undefined && stored.data?.code === 'healthyTimeMissing';
  if (stored.success && !isOld) return [stored.data];
  if (activeRollout !== null) return [rolloutActive(activeRollout.id)];
  return [
    blocker({
      code: 'waitingForCluster',
      message: 'It is approved; the worker starts its rollout at its next pass.',
      owner: 'the worker',
    }),
  ];
}

/** Blocker of whatever wants to start while a rollout of the service is under way. */
export function rolloutActive(rolloutId: string): Blocker {
  return blocker({
    code: 'rolloutActive',
    message: 'Another rollout of this service is under way; this one starts when it has ended.',
    params: { rolloutId },
    owner: 'operator',
    fix: 'Wait for it, or abort it.',
  });
}

function approvalsMissing(facts: PromotionFacts): Blocker {
  const missing = signaturesMissing(facts);
  const names = facts.progress.canStillSign.map((member) => member.name);
  const who =
    names.length === 0
      ? 'nobody who could is left'
      : names.length <= 3
        ? `${names.join(' or ')} can sign`
        : `${names.length} people can sign`;
  return blocker({
    code: 'approvalsMissing',
    message: `It waits for ${missing} more ${missing === 1 ? 'signature' : 'signatures'}: ${who}.`,
    params: { missing },
    owner: 'approver',
    until: facts.action.expiresAt,
  });
}
