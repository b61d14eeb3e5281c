import { durationText } from '../../domain/figure-text.ts';
import type { PreflightVerdict } from '../../domain/preflight/check.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import type { Tone } from '../ui/tone.ts';
import type { PreflightView } from './promotion-answers.ts';

/** How a verdict looks and what it is called. */
export const verdictLook: Record<PreflightVerdict, { readonly tone: Tone; readonly label: string }> = {
  PASS: { tone: 'ok', label: 'It fits' },
  WARN: { tone: 'warn', label: 'It fits, with warnings' },
  NEEDS_APPROVAL: { tone: 'warn', label: 'Needs more budget' },
  FAIL: { tone: 'bad', label: 'It does not fit' },
};

type Part = PreflightView['parts'][number];

/** What a stretch of the plan is called. */
export function partLabel({ phase, stepIndex }: Part, plan: Pick<RolloutPlan, 'steps'>): string {
  switch (phase) {
    case 'starting':
      return 'Starting';
    case 'stepping':
      return `${plan.steps[stepIndex]?.weightPercent ?? 100} %`;
    case 'finishing':
      return 'Old one kept';
  }
}

/** How many GPUs for how long. */
export function partDetail({ gpus, ms }: Part): string {
  return `${gpus} ${gpus === 1 ? 'GPU' : 'GPUs'}, ${durationText(ms)}`;
}
