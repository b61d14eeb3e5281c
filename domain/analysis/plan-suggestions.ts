import {
  FORECAST_POWER,
  type ForecastInput,
  type ForecastStep,
  LONGEST_MS,
  type Pace,
  probabilityAfter,
  smallest,
} from './plan-power.ts';

/** One change of the plan that would be enough; stepIndex counts in the steps given. */
export type ForecastSuggestion =
  | { readonly kind: 'longerStep'; readonly stepIndex: number; readonly minimumMs: number }
  | { readonly kind: 'largerWeight'; readonly stepIndex: number; readonly weightPercent: number };

/** At equal arms a request tells most; beyond it a larger weight only exposes more users. */
const LARGEST_SUGGESTED_WEIGHT = 50;

/** A plan's steps below 100 % with what is known about them. */
export type Planned = {
  readonly input: ForecastInput;
  readonly pace: Pace;
  readonly steps: readonly ForecastStep[];
};

function enough({ input, pace, steps }: Planned, stepIndex: number, changed: Partial<ForecastStep>): boolean {
  const plan = steps.map((step, index) => (index === stepIndex ? { ...step, ...changed } : step));
  return probabilityAfter(input, pace, plan) >= FORECAST_POWER;
}

/** The one step whose lengthening delays the plan least; of equals the later one. */
function longerStep(planned: Planned): ForecastSuggestion[] {
  const { intervalMs } = planned.input;
  let best: { stepIndex: number; minimumMs: number; extra: number } | null = null;
  for (const [stepIndex, step] of planned.steps.entries()) {
    const extra = smallest(Math.floor(LONGEST_MS / intervalMs), (intervals) =>
      enough(planned, stepIndex, { minimumMs: step.minimumMs + intervals * intervalMs }),
    );
    if (extra === null || (best !== null && extra > best.extra)) continue;
    best = { stepIndex, minimumMs: step.minimumMs + extra * intervalMs, extra };
  }
  return best === null ? [] : [{ kind: 'longerStep', stepIndex: best.stepIndex, minimumMs: best.minimumMs }];
}

/** The one step whose raising (still below the next step, at most 50 %) exposes the fewest more requests to the canary. */
function largerWeight(planned: Planned): ForecastSuggestion[] {
  let best: { stepIndex: number; weightPercent: number; exposed: number } | null = null;
  for (const [stepIndex, step] of planned.steps.entries()) {
    const next = planned.steps[stepIndex + 1]?.weightPercent ?? 100;
    const most = Math.min(LARGEST_SUGGESTED_WEIGHT, Math.ceil(next) - 1);
    const own = Math.floor(step.weightPercent);
    const raise = smallest(most - own, (points) =>
      enough(planned, stepIndex, { weightPercent: own + points }),
    );
    if (raise === null) continue;
    const exposed = raise * step.minimumMs;
    if (best === null || exposed < best.exposed) best = { stepIndex, weightPercent: own + raise, exposed };
  }
  return best === null
    ? []
    : [{ kind: 'largerWeight', stepIndex: best.stepIndex, weightPercent: best.weightPercent }];
}

/** At most one longer step and one larger weight, each enough by itself; empty when nothing helps within 30 days. */
export function planSuggestions(planned: Planned): ForecastSuggestion[] {
  return [...longerStep(planned), ...largerWeight(planned)];
}
