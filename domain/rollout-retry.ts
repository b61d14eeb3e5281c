import * as z from 'zod';
import { type Refusal, refusal } from './refusal.ts';
import type { Rollout } from './rollout.ts';

/** The attempt that an approved promotion's next start repeats; in `promotion.retry`. */
export const promotionRetrySchema = z.object({
  schema: z.literal(1),
  rolloutId: z.string(),
  firstStepIndex: z.int().min(0),
  requestedBy: z.string(),
});
export type PromotionRetry = z.infer<typeof promotionRetrySchema>;

type Attempt = {
  readonly phase: Rollout['progress']['phase'];
  readonly passedSteps: number;
  readonly stepCount: number;
  readonly isFirstRevision: boolean;
};

/**
 * The last step that a retry may begin with, as an index: one behind the leading steps that passed on evidence, so that
 * nothing is left out that was never shown to be harmless. A step that a person or a deadline let pass proves nothing,
 * nor does any behind it. A service's first revision takes all at once and has no such choice.
 */
export function lastRetryStep({ passedSteps, stepCount, isFirstRevision }: Attempt): number {
  return isFirstRevision ? 0 : Math.min(passedSteps, stepCount - 1);
}

/** What decides about a retry. */
export type RetryCircumstances = {
  readonly attempt: Attempt;
  readonly firstStepIndex: number;
  /** It carries out no promotion: a roll back. */
  readonly isWayBack: boolean;
  /** no · asked: its start waits · started: a newer attempt repeats it. */
  readonly retried: 'no' | 'asked' | 'started';
  readonly rolloutActive: boolean;
  /** Why the signatures of its promotion do not count any more; null while they do. */
  readonly approval: Refusal | null;
};

/** Why it cannot be retried from this step, or null: thrown by the command, shown on the disabled button. */
export function retryRefusal(found: RetryCircumstances): Refusal | null {
  const { attempt, firstStepIndex, approval } = found;
  if (attempt.phase !== 'rolledBack' && attempt.phase !== 'aborted')
    return refusal({
      code: 'wrongState',
      message:
        attempt.phase === 'succeeded'
          ? 'It succeeded: there is nothing to retry.'
          : 'It is still under way: retry it when it is over.',
      params: { phase: attempt.phase },
    });
  if (found.isWayBack)
    return refusal({
      code: 'wrongState',
      message: 'This was a roll back: roll back once more instead, which needs no approval.',
    });
  if (found.retried === 'asked')
    return refusal({ code: 'wrongState', message: 'A retry was asked for already and waits for its start.' });
  if (found.retried === 'started')
    return refusal({
      code: 'wrongState',
      message: 'It was retried already: retry the newer attempt, if that failed, too.',
    });
  if (found.rolloutActive)
    return refusal({
      code: 'rolloutActive',
      message: 'Another rollout of this service is under way.',
      fix: 'Wait for its end, or abort it.',
    });
  if (approval !== null) return approval;
  const last = lastRetryStep(attempt);
  if (firstStepIndex <= last) return null;
  return refusal({
    code: 'planInvalid',
    message: `It can be retried from step ${last + 1} at the latest, because ${passedWords(attempt)}.`,
    params: { step: firstStepIndex + 1, last: last + 1 },
  });
}

function passedWords({ passedSteps, isFirstRevision }: Attempt): string {
  if (isFirstRevision) return 'a first revision takes all traffic at once';
  if (passedSteps === 0) return 'no step before it has passed on evidence';
  return passedSteps === 1
    ? 'only step 1 has passed on evidence'
    : `only steps 1 to ${passedSteps} have passed on evidence`;
}
