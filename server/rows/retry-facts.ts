import { and, eq, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { promotionRefusal, subjectRefusal } from '../../domain/promotion.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { promotionRetrySchema, type RetryCircumstances } from '../../domain/rollout-retry.ts';
import type { RolloutRecord } from './active-rollouts.ts';
import { type PromotionFacts, promotionFacts, promotionRecordColumns } from './promotion-facts.ts';
import { planOf } from './rollout-rows.ts';

/** Everything that decides whether an attempt may be repeated; the step is the caller's. */
export type RetryFacts = Omit<RetryCircumstances, 'firstStepIndex'> & {
  /** The newer attempt that repeats it. */
  readonly retriedBy: string | null;
};

/** Reads those facts; `now` is on the database's clock, as signatures are. */
export async function retryFacts(queries: Queries, record: RolloutRecord, now: Date): Promise<RetryFacts> {
  const [newer] = await queries
    .select({ id: rollout.id })
    .from(rollout)
    .where(eq(rollout.retryOfId, record.id));
  const active = await queries
    .select({ id: rollout.id })
    .from(rollout)
    .where(and(eq(rollout.serviceId, record.serviceId), isNull(rollout.endedAt)));
  const facts = await promotionOf(queries, record, now);
  const asked = facts?.promotion.retry ?? null;
  const isAsked = asked !== null && promotionRetrySchema.parse(asked).rolloutId === record.id;
  return {
    attempt: {
      phase: record.phase,
      passedSteps: record.passedSteps,
      stepCount: planOf(record).steps.length,
      isFirstRevision: record.fromRevisionId === null,
    },
    isWayBack: record.promotionId === null,
    retried: newer !== undefined ? 'started' : isAsked ? 'asked' : 'no',
    rolloutActive: active.length > 0,
    approval: facts === null ? null : approvalRefusal(facts, now),
    retriedBy: newer?.id ?? null,
  };
}

async function promotionOf(
  queries: Queries,
  { promotionId, projectId }: RolloutRecord,
  now: Date,
): Promise<PromotionFacts | null> {
  if (promotionId === null) return null;
  const rows = await queries
    .select(promotionRecordColumns)
    .from(promotion)
    .innerJoin(guardedAction, eq(guardedAction.id, promotion.actionId))
    .where(eq(promotion.id, promotionId));
  const [facts] = await promotionFacts(queries, rows, { projectId, now });
  return facts ?? null;
}

const askAgain = 'Ask for promotion again: what it was is filled in.';

/**
 * Whether the signatures cover one more attempt: they bind to the subject (what runs, over which revision, by which plan,
 * under which policy revision), so they do while that is the same and the time that the policy gives them is not over.
 */
function approvalRefusal(facts: PromotionFacts, now: Date): Refusal | null {
  const changed = subjectRefusal(facts.asked, facts.now);
  if (changed !== null) return { ...changed, fix: askAgain };
  if (!facts.progress.satisfied)
    return refusal({
      code: 'approvalsMissing',
      message: 'Its signatures are no longer enough: somebody who signed may not sign any more.',
      fix: askAgain,
    });
  if (facts.action.expiresAt <= now)
    return refusal({
      code: 'approvalsMissing',
      message: 'Its signatures have expired.',
      params: { expiresAt: facts.action.expiresAt.toISOString() },
      fix: askAgain,
    });
  return promotionRefusal(facts.promotion.state, 'retry');
}
