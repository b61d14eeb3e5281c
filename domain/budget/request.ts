import * as z from 'zod';
import type { PolicyRules } from '../policy.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { budgetUnits } from './budget-schema.ts';

const common = {
  schema: z.literal(1),
  projectId: z.string(),
  budgetId: z.string(),
  unit: z.enum(budgetUnits),
  amount: z.string(),
  until: z.string(),
  policyRevisionId: z.string(),
};

/** Everything that a signature on more budget binds to; its canonical JSON is hashed into the subject digest. */
export const budgetSubjectSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('budgetExceed'),
    /** The promotion for whose start it is asked, and the digest of its plan; null for more in general. */
    promotionId: z.string().nullable(),
    planDigest: z.string().nullable(),
  }),
  z.object({ ...common, kind: z.literal('budgetTransfer'), toBudgetId: z.string() }),
]);
export type BudgetSubject = Readonly<z.infer<typeof budgetSubjectSchema>>;

/**
 * Who signs for a budget of the instance: one of its admins who did not ask. How long there is to decide is the matter of the
 * project's policy, which the subject names.
 */
export const instanceRules = ({ expiresAfterMs }: PolicyRules): PolicyRules => ({
  schema: 2,
  rules: [{ id: 'instance-admin', roles: ['admin'], minimum: 1 }],
  minimumDistinctPeople: 1,
  distinctFromRequester: true,
  distinctFromAuthor: false,
  requiresPassingEvidence: false,
  requiresCheckedBytes: false,
  expiresAfterMs,
  provenIn: [],
});

export type BudgetRequestState = 'open' | 'approved' | 'rejected' | 'withdrawn' | 'expired' | 'voided';

const sentences: Record<Exclude<BudgetRequestState, 'open'>, string> = {
  approved: 'It is approved already.',
  rejected: 'It was rejected.',
  withdrawn: 'It was withdrawn.',
  expired: 'It was not decided in the time that the policy gives.',
  voided: 'What was asked for has changed, so this request is void.',
};

/** Why nothing can be decided about the request any more, or null. */
export function decidedRefusal(state: BudgetRequestState): Refusal | null {
  if (state === 'open') return null;
  return refusal({ code: 'wrongState', message: sentences[state], params: { state }, fix: 'Ask again.' });
}

type Stored = { readonly state: BudgetRequestState; readonly expiresAt: Date; readonly untilAt: Date };

/** What the stored state has become: nobody decides after its time, and nothing is void but what is open. */
export function presentState(stored: Stored, changed: boolean, now: Date): BudgetRequestState {
  if (stored.state !== 'open') return stored.state;
  if (stored.expiresAt <= now || stored.untilAt <= now) return 'expired';
  return changed ? 'voided' : 'open';
}
