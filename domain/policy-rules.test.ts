import { describe, expect, it } from 'vitest';
import { openPolicy, policyRulesSchema, provingCircleRefusal } from './policy.ts';

const { provenIn: _provenIn, ...parts } = openPolicy;
const asks = (...rules: [string, number][]) => ({
  ...openPolicy,
  provenIn: rules.map(([environment, healthyMs]) => ({ environment, healthyMs })),
});

describe('the rules of a policy', () => {
  it('of the first schema read as they were meant: nothing has to be proven', () => {
    expect(policyRulesSchema.parse({ ...parts, schema: 1 })).toEqual(openPolicy);
  });

  it('never lose a rule of the present schema', () => {
    const rules = asks(['staging', 7_200_000], ['perf', 60_000]);
    expect(policyRulesSchema.parse(JSON.parse(JSON.stringify(rules)))).toEqual(rules);
  });

  it.each([
    ['an environment twice', asks(['staging', 60_000], ['staging', 120_000]), 'Name each environment once.'],
    ['no time', asks(['staging', 0]), 'Ask for at least one second.'],
    ['a time beyond a month', asks(['staging', 31 * 86_400_000]), 'Ask for at most 30 days.'],
    ['a name that no environment can have', asks(['Staging EU', 60_000]), 'Use lowercase letters'],
  ])('are refused with %s', (_what, rules, message) => {
    const parsed = policyRulesSchema.safeParse(rules);
    expect(parsed.error?.issues[0]?.message).toContain(message);
  });
});

describe('environments that wait for each other', () => {
  const circle = (entries: [string, string[]][]) => provingCircleRefusal(new Map(entries))?.message ?? null;

  it('are fine while the waiting ends somewhere, also by two ways', () => {
    expect(
      circle([
        ['production', ['staging', 'perf']],
        ['staging', ['development']],
        ['perf', ['development']],
      ]),
    ).toBeNull();
  });

  it('are refused when one waits for itself, directly or round a circle', () => {
    expect(circle([['production', ['production']]])).toBe(
      'No new version could ever get in: production waits for production.',
    );
    expect(
      circle([
        ['production', ['staging']],
        ['staging', ['perf']],
        ['perf', ['staging']],
      ]),
    ).toBe('No new version could ever get in: staging waits for perf, which waits for staging.');
  });

  it('are judged quickly even when everything waits for everything before it', () => {
    const names = Array.from({ length: 300 }, (_, index) => `e${index}`);
    expect(circle(names.map((name, index) => [name, names.slice(Math.max(0, index - 5), index)]))).toBeNull();
  });
});
