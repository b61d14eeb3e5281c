import type { RolloutRow } from './rollout-answers.ts';

export type Pip = 'done' | 'now' | 'waiting' | 'failed' | 'left';

type Input = Pick<RolloutRow, 'phase' | 'stepIndex' | 'stepCount' | 'failure'>;

/** One mark per step of the plan. */
export function preparePips({ phase, stepIndex, stepCount, failure }: Input): Pip[] {
  return Array.from({ length: stepCount }, (_, index): Pip => {
    switch (phase) {
      case 'starting':
        return 'waiting';
      case 'stepping':
        return index < stepIndex ? 'done' : index === stepIndex ? 'now' : 'waiting';
      case 'finishing':
      case 'succeeded':
        return 'done';
      case 'rollingBack':
      case 'rolledBack':
      case 'aborted':
        if (index < stepIndex) return 'done';
        return index === stepIndex && failure !== null ? 'failed' : 'left';
    }
  });
}
