import * as z from 'zod';
import { refusalSchema } from './refusal-schema.ts';
import type { RolloutPhase } from './rollout.ts';
import type { Rail, RolloutPlan } from './rollout-plan.ts';
import type { RailResult } from './running-rail.ts';

/** Written once to `rollout.bake_outcome`, with the start of the rollout that leads back. */
export const bakeOutcomeSchema = z.object({
  schema: z.literal(1),
  failure: refusalSchema,
  /** The rollout to the revision before. */
  rolloutId: z.string(),
  at: z.iso.datetime(),
});
export type BakeOutcome = z.infer<typeof bakeOutcomeSchema>;

/** What the bake time of a rollout follows from. */
export type BakedRollout = {
  readonly plan: RolloutPlan;
  readonly phase: RolloutPhase;
  readonly fullAt: Date | null;
  /** Null for a Service's first revision: there is nothing to go back to. */
  readonly fromRevisionId: string | null;
  readonly outcome: BakeOutcome | null;
};

/** off: it never began, or can lead nowhere · rolledBack: a rail broke in it. */
export type BakeState = 'off' | 'baking' | 'over' | 'rolledBack';

export function railsOf(plan: Pick<RolloutPlan, 'checks'>): Rail[] {
  return plan.checks.filter((check) => check.kind === 'threshold');
}

/** Until when a broken rail rolls back; null when it never does. */
export function bakeUntil({ plan, fullAt, fromRevisionId }: BakedRollout): Date | null {
  if (fullAt === null || fromRevisionId === null || plan.bakeMs === 0 || railsOf(plan).length === 0)
    return null;
  return new Date(fullAt.getTime() + plan.bakeMs);
}

/** Where the bake time of a rollout stands. One roll back is all that it ever starts, whatever becomes of that one. */
export function bakeState(rollout: BakedRollout, now: Date): BakeState {
  if (rollout.outcome !== null) return 'rolledBack';
  const until = bakeUntil(rollout);
  if (until === null) return 'off';
  return now < until ? 'baking' : 'over';
}

type Watch = {
  /** Bake state of the rollout that brought what serves; off when a roll back brought it. */
  readonly state: BakeState;
  readonly results: readonly RailResult[];
  /** What else forbids a roll back now: a take over, or no revision before. */
  readonly mayRollBack: boolean;
};

/** Inside the bake time a broken rail leads back; null when nothing does: nothing broke, or then it is an alert. */
export function bakeFailure({ state, results, mayRollBack }: Watch): RailResult | null {
  if (state !== 'baking' || !mayRollBack) return null;
  return results.find((result) => result.verdict === 'fail') ?? null;
}
