import * as z from 'zod';
import type { Transaction } from '../db/client.ts';
import { given, prepared, type ValueOf } from '../db/prepared.ts';
import { approval } from '../db/schema/promotions.ts';
import { sha256Schema } from '../domain/digest.ts';
import { approvalProgress, type Member, type PolicyRules, type Subject } from '../domain/policy.ts';
import { DomainError } from '../domain/refusal.ts';
import { newId } from './id.ts';

export type Decision = 'approve' | 'reject';

/** What every decision about a guarded action brings with it. */
export const decisionFields = {
  /** Digest of what the person saw; the signature counts for nothing else. */
  subjectDigest: sha256Schema,
  comment: z.string().trim().max(5_000).default(''),
};

/** Refuses a decision about something else than the action asks for. */
export function refuseOtherSubject(action: { readonly subjectDigest: string }, seen: string): void {
  if (seen !== action.subjectDigest)
    throw new DomainError({
      code: 'subjectChanged',
      message: 'What you were shown is not what this request asks for.',
      fix: 'Reload the page and decide about what it shows.',
    });
}

type Signature = {
  readonly projectId: string;
  readonly actionId: string;
  readonly userId: string;
  readonly decision: Decision;
  readonly comment: string;
  readonly subjectDigest: string;
  readonly now: Date;
};

/** Stores what a person decided. */
export function storeDecision(tx: Transaction, { userId, now, ...signature }: Signature) {
  return storedDecision(tx, { id: newId(), ...signature, userId, decidedAt: now });
}

const newColumns = [
  'id',
  'projectId',
  'actionId',
  'decision',
  'comment',
  'subjectDigest',
  'decidedAt',
] as const;
type NewDecision = Pick<typeof approval.$inferSelect, (typeof newColumns)[number]> & {
  readonly userId: string;
};

const storedDecision = prepared((queries, value: ValueOf<NewDecision>) =>
  queries
    .insert(approval)
    .values({ ...given(value, newColumns), principalId: value('userId'), ownerUserId: value('userId') }),
);

type Standing = {
  readonly rules: PolicyRules;
  readonly members: readonly Member[];
  readonly subject: Subject;
  /** Without the decision that is being made. */
  readonly approvals: Parameters<typeof approvalProgress>[2];
};

/** What the decision leads to: one rejection ends the request, and the last signature that the policy asks for approves it. */
export function stateAfterDecision(
  { rules, members, subject, approvals }: Standing,
  made: { readonly userId: string; readonly decision: Decision },
): 'open' | 'approved' | 'rejected' {
  if (made.decision === 'reject') return 'rejected';
  const signatures = [...approvals, { ownerUserId: made.userId, decision: made.decision }];
  return approvalProgress(rules, { members, subject }, signatures).satisfied ? 'approved' : 'open';
}
