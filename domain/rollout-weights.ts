import type { Rollout } from './rollout.ts';
import type { Weights } from './serving.ts';

type Stage = Pick<Rollout, 'fromNumber' | 'toNumber' | 'plan' | 'progress'>;

/** Canary share in percent at this step; a Service's first revision takes everything at once. */
export function stepWeight(rollout: Stage): number {
  if (rollout.fromNumber === null) return 100;
  return rollout.plan.steps[rollout.progress.stepIndex]?.weightPercent ?? 100;
}

/** The split that the phase asks for, summing to 100; empty when nothing shall serve (a first revision before or after its turn). */
export function rolloutWeights(rollout: Stage): Weights {
  const { fromNumber, toNumber, progress } = rollout;
  const back: Weights = fromNumber === null ? {} : { [fromNumber]: 100 };
  switch (progress.phase) {
    case 'starting':
    case 'rollingBack':
    case 'rolledBack':
    case 'aborted':
      return back;
    case 'finishing':
    case 'succeeded':
      return { [toNumber]: 100 };
    case 'stepping': {
      const canary = stepWeight(rollout);
      if (fromNumber === null || canary === 100) return { [toNumber]: 100 };
      return { [fromNumber]: 100 - canary, [toNumber]: canary };
    }
  }
}
