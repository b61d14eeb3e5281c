import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';

const minuteMs = 60_000;

/** The plan of the demo's services: the four usual steps, quick enough to watch. */
export const demoPlan: RolloutPlan = rolloutPlanSchema.parse({
  schema: 1,
  steps: [5, 25, 50, 100].map((weightPercent) => ({
    weightPercent,
    minimumMs: 3 * minuteMs,
    deadlineMs: 30 * minuteMs,
    minimumSamples: 100,
  })),
  checks: [
    { kind: 'threshold', id: 'error-rail', of: 'errors', max: 0.2, minimumSamples: 50 },
    { kind: 'eProcess', id: 'errors', of: 'errors' },
    { kind: 'eProcess', id: 'slow', of: 'slow', slowerThanMs: 250 },
  ],
  alpha: 0.05,
  intervalMs: 10_000,
  onDeadline: 'hold',
  progressDeadlineMs: 5 * minuteMs,
  scaleDownDelayMs: minuteMs,
});

/** A careful plan, whose canary holds its GPUs for most of a day. */
export const carefulPlan: RolloutPlan = rolloutPlanSchema.parse({
  ...demoPlan,
  steps: [10, 50, 100].map((weightPercent) => ({
    weightPercent,
    minimumMs: 180 * minuteMs,
    deadlineMs: 360 * minuteMs,
    minimumSamples: 1_000,
  })),
});
