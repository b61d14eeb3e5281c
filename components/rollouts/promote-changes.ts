import type { RolloutDetail } from './rollout-answers.ts';

type Input = Pick<RolloutDetail, 'plan' | 'phase' | 'stepIndex' | 'weightPercent' | 'to'>;

/** What a promote changes, as two short texts. */
export function promoteChanges(rollout: Input): { traffic: string; skipped: string } {
  const { plan, phase, stepIndex, weightPercent, to } = rollout;
  const first = phase === 'starting' ? 0 : stepIndex + 1;
  const skipped = plan.steps.slice(first, -1).map((step) => `${step.weightPercent} %`);
  return {
    traffic: `Revision ${to.number}: ${weightPercent} % → 100 %`,
    skipped:
      skipped.length === 0
        ? 'no step'
        : `the ${skipped.length === 1 ? 'step' : 'steps'} at ${skipped.join(', ')}`,
  };
}
