import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultRolloutPlan, type RolloutPlan } from '../../domain/rollout-plan.ts';
import { durationInput, parseDuration } from './duration-field.ts';
import { draftOfPlan, planOfDraft } from './plan-draft.ts';

describe('durations of a form', () => {
  test.each([
    ['10 min', 600_000],
    ['90s', 90_000],
    ['1 h 20 min', 4_800_000],
    ['1.5h', 5_400_000],
    ['0', 0],
    ['10', null],
    ['soon', null],
    ['', null],
  ])('%o reads as %o ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test('every number of milliseconds is written so that it reads back the same', () => {
    fc.assert(fc.property(fc.nat(100 * 86_400_000), (ms) => parseDuration(durationInput(ms)) === ms));
  });
});

describe('a plan in a form', () => {
  test('that nobody touched is the same plan', () => {
    const plan: RolloutPlan = {
      ...defaultRolloutPlan,
      alpha: 0.07,
      checks: [
        { kind: 'threshold', id: 'errors-rail', of: 'errors', max: 0.07, minimumSamples: 100 },
        { kind: 'threshold', id: 'query-rail', of: 'query', max: 3, minimumSamples: 1, query: 'up' },
        { kind: 'eProcess', id: 'slow', of: 'slow', slowerThanMs: 250 },
      ],
    };
    expect(planOfDraft(draftOfPlan(plan))).toEqual({ plan });
  });

  test('with two checks of one kind gives them different ids', () => {
    const draft = draftOfPlan(defaultRolloutPlan);
    const twice = {
      ...draft,
      checks: draft.checks.flatMap((check) => [check, { ...check, key: check.key + 9 }]),
    };
    const found = planOfDraft(twice);
    expect('plan' in found && new Set(found.plan.checks.map((check) => check.id)).size).toBe(6);
  });

  test.each([
    ['a weight that does not rise', { weight: '60' }, 'every step must send more'],
    ['no weight', { weight: '' }, 'Step 1 needs a weight'],
    ['a time without a unit', { minimum: '10' }, 'is no duration'],
    ['a deadline before the minimum', { deadline: '1 min' }, 'ends its deadline before'],
  ])('says what is wrong with %s', (_name, change, sentence) => {
    const draft = draftOfPlan(defaultRolloutPlan);
    const [first, ...others] = draft.steps;
    if (first === undefined) throw new Error('The default plan has steps.');
    const found = planOfDraft({ ...draft, steps: [{ ...first, ...change }, ...others] });
    expect('problem' in found && found.problem).toContain(sentence);
  });
});
