import type { RolloutPlan } from '../../domain/rollout-plan.ts';

/** The shortest time until the last weight is set; the last step has nothing after it to wait for. */
export function leastPlanMs(plan: Pick<RolloutPlan, 'steps'>): number {
  return plan.steps.slice(0, -1).reduce((sum, step) => sum + step.minimumMs, 0);
}
