import { openPolicy, type PolicyRules } from '../../domain/policy.ts';
import { type RolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';

/** The serving image of every version: the lab answers for any. */
export const servingImage = `registry.invalid/model-server@sha256:${'1'.repeat(64)}`;

/** Two people who neither asked nor registered. */
export const twoApprovers: PolicyRules = {
  ...openPolicy,
  rules: [{ id: 'approvers', roles: ['approver'], minimum: 2 }],
  minimumDistinctPeople: 2,
  distinctFromAuthor: true,
  requiresPassingEvidence: true,
  requiresCheckedBytes: false,
  expiresAfterMs: 86_400_000,
};

/** A plan whose steps last seconds; the share of errors is what it judges. */
export function quickPlan(weights: readonly number[], minimumMs: number): RolloutPlan {
  return rolloutPlanSchema.parse({
    schema: 1,
    steps: weights.map((weightPercent) => ({
      weightPercent,
      minimumMs,
      deadlineMs: 150_000,
      minimumSamples: 30,
    })),
    checks: [
      { kind: 'threshold', id: 'error-rail', of: 'errors', max: 0.3, minimumSamples: 30 },
      { kind: 'eProcess', id: 'errors', of: 'errors' },
    ],
    alpha: 0.05,
    intervalMs: 4_000,
    onDeadline: 'hold',
    progressDeadlineMs: 60_000,
    scaleDownDelayMs: 5_000,
  });
}

/** What the service runs; the artefact comes by its URI, its digest is checked by the model server. */
export function modelSpec(model: string, env: Record<string, string> = {}, gpus = 0): ServiceSpec {
  const pairs = Object.entries({ MODEL_NAME: model, ...env });
  return {
    schema: 1,
    podTemplate: {
      spec: {
        containers: [
          {
            name: 'model',
            image: servingImage,
            ports: [{ containerPort: 9000 }],
            env: pairs.map(([name, value]) => ({ name, value })),
            ...(gpus === 0 ? {} : { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } }),
          },
        ],
      },
    },
    servingContainer: 'model',
    port: 9000,
    artefact: { kind: 'storageUri', envName: 'MODEL_URI' },
  };
}

/** All traffic at once and nothing to wait for. */
export const straightPlan: RolloutPlan = {
  ...quickPlan([100], 0),
  steps: [{ weightPercent: 100, minimumMs: 0, deadlineMs: 1_000, minimumSamples: 0 }],
  checks: [],
  onDeadline: 'continue',
  scaleDownDelayMs: 0,
};
