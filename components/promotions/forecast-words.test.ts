import { expect, test } from 'vitest';
import { gateForecast } from '../../domain/drift/gate-forecast.ts';
import { defaultRolloutPlan, rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { forecastTone, suggestionText, withSuggestion } from './forecast-words.ts';
import { leastPlanMs } from './least-plan-time.ts';

const minuteMs = 60_000;

test('a larger weight changes just its step', () => {
  const plan = withSuggestion(defaultRolloutPlan, { kind: 'largerWeight', stepIndex: 0, weightPercent: 12 });
  expect(plan.steps.map((step) => step.weightPercent)).toEqual([12, 25, 50, 100]);
  expect(plan.steps[0]?.minimumMs).toBe(defaultRolloutPlan.steps[0]?.minimumMs);
});

test('a longer step never ends up with a deadline before its minimum', () => {
  const plan = withSuggestion(defaultRolloutPlan, {
    kind: 'longerStep',
    stepIndex: 1,
    minimumMs: 300 * minuteMs,
  });
  expect(rolloutPlanSchema.safeParse(plan).success).toBe(true);
  expect(plan.steps[1]).toMatchObject({ minimumMs: 300 * minuteMs, deadlineMs: 410 * minuteMs });
});

test('a longer step within its deadline keeps the deadline', () => {
  const plan = withSuggestion(defaultRolloutPlan, {
    kind: 'longerStep',
    stepIndex: 1,
    minimumMs: 60 * minuteMs,
  });
  expect(plan.steps[1]).toMatchObject({ minimumMs: 60 * minuteMs, deadlineMs: 120 * minuteMs });
});

test('suggestions count steps as people do', () => {
  expect(suggestionText({ kind: 'longerStep', stepIndex: 0, minimumMs: 90 * minuteMs })).toBe(
    'Step 1: at least 1 h 30 min',
  );
  expect(suggestionText({ kind: 'largerWeight', stepIndex: 2, weightPercent: 50 })).toBe(
    'Step 3: 50 % of traffic',
  );
});

test.each([
  ['noTraffic', false, 'neutral'],
  [null, true, 'ok'],
  [null, false, 'warn'],
] as const)('impossible %j and within the plan %j is %s', (impossible, withinPlan, tone) => {
  expect(forecastTone({ impossible, withinPlan, drift: [] })).toBe(tone);
});

test('a drift check without rows before a deadline makes any plan too short', () => {
  const check = { id: 'inputs', of: 'inputs' } as const;
  const drift = [gateForecast(check, [], defaultRolloutPlan.steps)];
  expect(forecastTone({ impossible: null, withinPlan: true, drift })).toBe('warn');
});

test('the last step adds nothing to the least time of a plan', () => {
  expect(leastPlanMs(defaultRolloutPlan)).toBe(30 * minuteMs);
});
