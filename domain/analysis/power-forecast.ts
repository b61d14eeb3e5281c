import {
  FORECAST_POWER,
  type ForecastInput,
  type ForecastStep,
  LONGEST_MS,
  paceOf,
  probabilityAfter,
  smallest,
} from './plan-power.ts';
import { type ForecastSuggestion, planSuggestions } from './plan-suggestions.ts';

export type PowerForecast = {
  /** Time of the plan in which canary and stable can be compared (all steps below 100 %). */
  readonly planMs: number;
  readonly probabilityByPlanEnd: number;
  /** When E has crossed 1/alpha with 80 %, the last step below 100 % being held as long as needed; null: not within 30 days. */
  readonly detectMs: number | null;
  readonly withinPlan: boolean;
  /** Why there is nothing to forecast, else null. */
  readonly impossible: 'noTraffic' | 'noBadRequests' | 'noComparableStep' | null;
  /** Empty when the plan is long enough or nothing helps within 30 days. */
  readonly suggestions: readonly ForecastSuggestion[];
};

/** The steps cut off, or the last one held on, so that they last exactly this long. */
function stepsLasting(steps: readonly ForecastStep[], totalMs: number): ForecastStep[] {
  let left = totalMs;
  return steps.map((step, index) => {
    const lasts = index === steps.length - 1 ? left : Math.min(step.minimumMs, left);
    left -= lasts;
    return { weightPercent: step.weightPercent, minimumMs: lasts };
  });
}

function impossibility(
  input: ForecastInput,
  comparable: readonly ForecastStep[],
): PowerForecast['impossible'] {
  if (!(input.requestsPerSecond > 0)) return 'noTraffic';
  if (!(input.baseShare > 0)) return 'noBadRequests';
  return comparable.length === 0 ? 'noComparableStep' : null;
}

function assertInput(input: ForecastInput): void {
  if (!(input.intervalMs > 0)) throw new RangeError('The interval must be longer than 0 ms.');
  if (!(input.alpha > 0 && input.alpha < 1)) throw new RangeError('alpha must lie between 0 and 1.');
  if (!(input.baseShare <= 1)) throw new RangeError('The share of bad requests cannot exceed 1.');
  if (!((input.increase ?? 2) > 0)) throw new RangeError('The increase must be a positive multiple.');
}

/**
 * How long until a canary with `increase` times stable's share of bad requests is failed with 80 % probability at this
 * traffic and plan, rounded up to whole intervals, with a longer step or a larger weight when the plan is too short.
 * Empty case: no traffic, no bad requests in stable (a multiple of nothing) or no step below 100 % is named in
 * `impossible`. Throws RangeError for a non-positive interval, alpha outside (0, 1), share above 1 or phi < 1.
 * Source: expected ln E and its variance (Kelly growth), first passage as in crossing-probability; within 15 % (or two
 * looks) of the simulated time when errors are independent, up to 12 points of probability too cautious when they
 * cluster by pod (its test).
 */
export function powerForecast(input: ForecastInput): PowerForecast {
  assertInput(input);
  const comparable = [...input.steps.entries()].filter(
    ([, { weightPercent }]) => weightPercent > 0 && weightPercent < 100,
  );
  const steps = comparable.map(([, step]) => step);
  const planMs = steps.reduce((sum, step) => sum + step.minimumMs, 0);
  const impossible = impossibility(input, steps);
  if (impossible !== null) {
    return {
      planMs,
      probabilityByPlanEnd: 0,
      detectMs: null,
      withinPlan: false,
      impossible,
      suggestions: [],
    };
  }
  const pace = paceOf(input);
  const probabilityByPlanEnd = probabilityAfter(input, pace, steps);
  const intervals = smallest(Math.floor(LONGEST_MS / input.intervalMs), (count) => {
    return probabilityAfter(input, pace, stepsLasting(steps, count * input.intervalMs)) >= FORECAST_POWER;
  });
  const detectMs = intervals === null ? null : intervals * input.intervalMs;
  const withinPlan = detectMs !== null && detectMs <= planMs;
  const found = withinPlan ? [] : planSuggestions({ input, pace, steps });
  const suggestions = found.map((one) => ({
    ...one,
    stepIndex: comparable[one.stepIndex]?.[0] ?? one.stepIndex,
  }));
  return { planMs, probabilityByPlanEnd, detectMs, withinPlan, impossible, suggestions };
}
