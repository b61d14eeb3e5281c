import * as z from 'zod';

const checkIdSchema = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

/** A guard rail on the canary alone, a relative check against stable, or whether both are asked (or answer) alike. */
const checkSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('threshold'),
    id: checkIdSchema,
    /** errors: share of requests answered 5xx; slow: share slower than `slowerThanMs`; query: a PromQL template. */
    of: z.enum(['errors', 'slow', 'query']),
    /** The rail breaks above this value: a share 0..1, or the query's own unit. */
    max: z.number(),
    /** Canary requests needed before the rail may break. */
    minimumSamples: z.int().min(1).default(50),
    /** Latency bucket boundary for `slow`. */
    slowerThanMs: z.int().min(1).optional(),
    /** For `query`: PromQL with $service, $namespace and $revision, which are replaced by escaped label values. */
    query: z.string().max(2_000).optional(),
  }),
  z.object({
    kind: z.literal('eProcess'),
    id: checkIdSchema,
    of: z.enum(['errors', 'slow']),
    slowerThanMs: z.int().min(1).optional(),
  }),
  z.object({
    kind: z.literal('drift'),
    id: checkIdSchema,
    /** Routing is random, so inputs must match; predictions differ when the model does, and gate only where a plan says so. */
    of: z.enum(['inputs', 'predictions']),
  }),
]);
export type Check = z.infer<typeof checkSchema>;
/** An absolute limit on one revision, compared with nothing. */
export type Rail = Extract<Check, { kind: 'threshold' }>;

const stepSchema = z.object({
  weightPercent: z.int().min(1).max(100),
  /** Least time between the moment the weight took effect and the next step. */
  minimumMs: z
    .int()
    .min(0)
    .max(30 * 86_400_000),
  /** From the same moment: after it, a step without a verdict is handled as `onDeadline` says. */
  deadlineMs: z
    .int()
    .min(1_000)
    .max(90 * 86_400_000),
  /** Canary requests needed in this step for a pass. */
  minimumSamples: z.int().min(0),
});
export type RolloutStep = z.infer<typeof stepSchema>;

export const rolloutPlanSchema = z
  .object({
    schema: z.literal(1),
    steps: z
      .array(stepSchema)
      .min(1, 'A plan needs at least one step.')
      .max(20, 'A plan has at most 20 steps.'),
    checks: z.array(checkSchema).max(20),
    /** Chance of a false alarm of the whole rollout, split over its relative checks. */
    alpha: z.number().gt(0).max(0.5),
    /** Length of one analysis interval. */
    intervalMs: z.int().min(2_000).max(3_600_000),
    onDeadline: z.enum(['hold', 'rollBack', 'continue']),
    /** How long a revision may take to become ready before the rollout is rolled back. */
    progressDeadlineMs: z.int().min(10_000).max(86_400_000),
    /** How long the old revision is kept after 100 %. */
    scaleDownDelayMs: z
      .int()
      .min(0)
      .max(7 * 86_400_000),
    /**
     * How long after 100 % a broken rail still rolls back; later it alerts. 0: it never rolls back then. Plans that were
     * stored before this existed have the default.
     */
    bakeMs: z
      .int()
      .min(0)
      .max(7 * 86_400_000)
      .default(3_600_000),
  })
  .superRefine((plan, ctx) => {
    const problem = planProblem(plan.steps, plan.checks);
    if (problem !== null) ctx.addIssue({ code: 'custom', message: problem, path: ['steps'] });
  });
export type RolloutPlan = z.infer<typeof rolloutPlanSchema>;

/** The first thing wrong with a plan as a sentence, or null: weights rise and end at 100, deadlines hold the minimum, check ids differ. */
function planProblem(steps: readonly RolloutStep[], checks: readonly Check[]): string | null {
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before !== undefined && step.weightPercent <= before.weightPercent)
      return `Step ${index + 1} sends ${step.weightPercent} % after ${before.weightPercent} %: every step must send more than the one before.`;
    if (step.deadlineMs < step.minimumMs)
      return `Step ${index + 1} ends its deadline before its minimum time.`;
  }
  if (steps.at(-1)?.weightPercent !== 100) return 'The last step must send 100 % to the new revision.';
  if (new Set(checks.map((check) => check.id)).size !== checks.length) return 'Two checks have the same id.';
  for (const check of checks) {
    if (check.of === 'slow' && check.slowerThanMs === undefined)
      return `Check "${check.id}" needs the latency boundary that "slow" means (slowerThanMs).`;
    if (check.kind === 'threshold' && check.of === 'query' && check.query === undefined)
      return `Check "${check.id}" needs a query.`;
  }
  return null;
}

/** Ids of the plan's checks; analysis intervals also count plain requests under an id of their own. */
export function checkIdsOf(plan: RolloutPlan): string[] {
  return plan.checks.map((check) => check.id);
}

/** Alpha of one relative check: the rollout's alpha split evenly; the whole alpha when there is none. */
export function alphaPerCheck(plan: RolloutPlan): number {
  const relative = plan.checks.filter((check) => check.kind === 'eProcess').length;
  return plan.alpha / Math.max(1, relative);
}

const minuteMs = 60_000;

/** The plan a new Service starts with: 5, 25, 50, 100 %, guard rails at 5 % errors, relative checks of errors and slow requests. */
export const defaultRolloutPlan: RolloutPlan = {
  schema: 1,
  steps: [5, 25, 50, 100].map((weightPercent) => ({
    weightPercent,
    minimumMs: 10 * minuteMs,
    deadlineMs: 120 * minuteMs,
    minimumSamples: 200,
  })),
  checks: [
    { kind: 'threshold', id: 'error-rail', of: 'errors', max: 0.05, minimumSamples: 100 },
    { kind: 'eProcess', id: 'errors', of: 'errors' },
    { kind: 'eProcess', id: 'slow', of: 'slow', slowerThanMs: 250 },
  ],
  alpha: 0.05,
  intervalMs: minuteMs,
  onDeadline: 'hold',
  progressDeadlineMs: 10 * minuteMs,
  scaleDownDelayMs: 5 * minuteMs,
  bakeMs: 60 * minuteMs,
};

/**
 * Plan of a roll back to an earlier revision: straight to 100 % once it is ready, no checks, never held up by missing
 * metrics, and without bake time, so that one roll back never leads to the next.
 */
export function rollBackPlan(usual: RolloutPlan): RolloutPlan {
  return {
    ...usual,
    steps: [{ weightPercent: 100, minimumMs: 0, deadlineMs: minuteMs, minimumSamples: 0 }],
    checks: [],
    onDeadline: 'continue',
    bakeMs: 0,
  };
}
