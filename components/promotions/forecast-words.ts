import { durationText } from '../../domain/figure-text.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import type { Tone } from '../ui/tone.ts';
import type { Forecast } from './promotion-answers.ts';

type Suggestion = Forecast['suggestions'][number];

/** ok when harm would be seen in time, warn when the plan is too short for any check, neutral when there is nothing to compare. */
export function forecastTone(forecast: Pick<Forecast, 'impossible' | 'withinPlan' | 'drift'>): Tone {
  if (forecast.drift.some(({ withinPlan }) => !withinPlan)) return 'warn';
  if (forecast.impossible !== null) return 'neutral';
  return forecast.withinPlan ? 'ok' : 'warn';
}

export function suggestionText(suggestion: Suggestion): string {
  const step = `Step ${suggestion.stepIndex + 1}`;
  return suggestion.kind === 'longerStep'
    ? `${step}: at least ${durationText(suggestion.minimumMs)}`
    : `${step}: ${suggestion.weightPercent} % of traffic`;
}

/** The plan with the suggestion taken; a deadline that no longer holds the minimum moves with it by the old slack. */
export function withSuggestion(plan: RolloutPlan, suggestion: Suggestion): RolloutPlan {
  const steps = plan.steps.map((step, index) => {
    if (index !== suggestion.stepIndex) return step;
    if (suggestion.kind === 'largerWeight') return { ...step, weightPercent: suggestion.weightPercent };
    const slackMs = Math.max(0, step.deadlineMs - step.minimumMs);
    const deadlineMs =
      step.deadlineMs >= suggestion.minimumMs ? step.deadlineMs : suggestion.minimumMs + slackMs;
    return { ...step, minimumMs: suggestion.minimumMs, deadlineMs };
  });
  return { ...plan, steps };
}
