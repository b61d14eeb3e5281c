import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attainment,
  type BurnPolicy,
  burnLimit,
  burnPolicies,
  burnSentence,
  detectionMs,
  judgeBurn,
  type Objective,
  type ObjectiveCounts,
  objectivePeriodMs,
  objectivesOf,
} from './objective.ts';
import { objectivesSchema } from './objective-schema.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const [fast, steady, slow] = burnPolicies as [BurnPolicy, BurnPolicy, BurnPolicy];
const errors: Objective = { kind: 'errors', targetPercent: 99.9, slowerThanMs: null, budgetPpm: 1_000 };

describe("the workbook's table for 30 days", () => {
  it.each([
    [fast, 0.02, hourMs, 5 * minuteMs, 14.4],
    [steady, 0.05, 6 * hourMs, 30 * minuteMs, 6],
    [slow, 0.1, 3 * dayMs, 6 * hourMs, 1],
  ])('gives windows and burn rate of %o', (policy, budgetShare, longMs, shortMs, rate) => {
    expect(policy).toMatchObject({ budgetShare, longMs, shortMs });
    expect(burnLimit(policy, 30 * dayMs)).toBeCloseTo(rate, 12);
  });

  it.each([
    // Chapter 5: 10 minutes at the budget itself, 36 hours at the budget itself, an hour at 36 times the budget.
    ['10 minutes at burn rate 1', 10 * minuteMs, 1, 600],
    ['36 hours at burn rate 1', 36 * hourMs, 1, 129_600],
    ['an hour at burn rate 36', hourMs, 36, 129_600],
  ])('detects a total outage with %s as published', (_, longMs, rate, ms) => {
    const policy = { ...fast, longMs, budgetShare: (rate * longMs) / (30 * dayMs) };
    expect(detectionMs(policy, { badShare: 1, budgetPpm: 1_000, periodMs: 30 * dayMs })).toBeCloseTo(ms, 6);
  });

  it('keeps the shares of the budget over 28 days, and so lower rates', () => {
    expect(burnPolicies.map((policy) => Number(burnLimit(policy).toFixed(4)))).toEqual([13.44, 5.6, 0.9333]);
  });
});

/** Windows of a service that was fault-free until `afterMs` ago, at so many requests a minute. */
function since(
  policy: BurnPolicy,
  afterMs: number,
  { perMinute, badShare }: { perMinute: number; badShare: number },
) {
  const counts = (windowMs: number): ObjectiveCounts => ({
    requests: Math.round((windowMs / minuteMs) * perMinute),
    bad: Math.floor((Math.min(afterMs, windowMs) / minuteMs) * perMinute * badShare),
    coveredMs: windowMs,
  });
  return { long: counts(policy.longMs), short: counts(policy.shortMs) };
}

describe('a burn', () => {
  it.each(burnPolicies)(
    'at a constant rate is seen after the time that the formula gives: $key',
    (policy) => {
      for (const badShare of [0.02, 0.1, 1]) {
        const expected = detectionMs(policy, { badShare, budgetPpm: errors.budgetPpm });
        if (expected === null) continue;
        const traffic = { perMinute: 60_000, badShare };
        const before = judgeBurn(policy, since(policy, expected * 0.98, traffic), errors);
        const after = judgeBurn(policy, since(policy, expected * 1.02 + 1_000, traffic), errors);
        expect(before.verdict).toBe('calm');
        expect(after.verdict).toBe('burning');
        const used = ((after.longRate ?? 0) * policy.longMs) / objectivePeriodMs;
        expect(used).toBeGreaterThanOrEqual(policy.budgetShare);
        expect(used).toBeLessThan(policy.budgetShare * 1.2);
      }
    },
  );

  it('that is over is not told on: the short window has to burn too', () => {
    const long = { requests: 60_000, bad: 6_000, coveredMs: hourMs };
    const short = { requests: 5_000, bad: 0, coveredMs: 5 * minuteMs };
    expect(judgeBurn(fast, { long, short }, errors).verdict).toBe('calm');
  });

  it('is not called on 1 failure of 3 requests, and says so', () => {
    const few = { requests: 3, bad: 1, coveredMs: hourMs };
    const judgement = judgeBurn(fast, { long: few, short: { ...few, coveredMs: 5 * minuteMs } }, errors);
    expect(judgement.verdict).toBe('tooFew');
    expect(burnSentence(errors, judgement)).toBe(
      'Too few bad requests to judge (99.9 % without errors): 1 of 3 requests in 1 h had errors; from 10 on it counts.',
    );
  });

  it('of a service with ten requests an hour that all fail is seen once ten have failed', () => {
    const all = (requests: number) => ({ requests, bad: requests, coveredMs: hourMs });
    expect(judgeBurn(fast, { long: all(9), short: all(1) }, errors).verdict).toBe('tooFew');
    expect(judgeBurn(fast, { long: all(10), short: all(1) }, errors).verdict).toBe('burning');
  });

  it('is not judged on an hour of which most was not measured, nor without requests', () => {
    const bad = { requests: 1_000, bad: 900, coveredMs: 20 * minuteMs };
    const judgement = judgeBurn(fast, { long: bad, short: bad }, errors);
    expect(judgement.verdict).toBe('unmeasured');
    expect(burnSentence(errors, judgement)).toContain('only 20 min of 1 h were measured');
    const silent = { requests: 0, bad: 0, coveredMs: hourMs };
    expect(judgeBurn(fast, { long: silent, short: silent }, errors).verdict).toBe('unmeasured');
  });

  it('names both windows, its limit, the counts, and how long the budget would last', () => {
    const long = { requests: 14_000, bad: 308, coveredMs: hourMs };
    const short = { requests: 1_000, bad: 30, coveredMs: 5 * minuteMs };
    expect(burnSentence(errors, judgeBurn(fast, { long, short }, errors))).toBe(
      'Its budget (99.9 % without errors) burns at 22× over 1 h and 30× over 5 min, alerting from 13.4×: 308 of 14,000 requests in 1 h had errors. At that rate 28 days of budget last 1 d 6 h.',
    );
  });
});

describe('attainment', () => {
  it('is exact at the edge of the budget', () => {
    const at = (bad: number) => attainment({ requests: 1_000_000, bad, coveredMs: hourMs }, errors);
    expect(at(1_000)).toMatchObject({ goodShare: 0.999, budgetLeft: 0, isMet: true });
    expect(at(1_001).isMet).toBe(false);
    expect(at(2_000).budgetLeft).toBe(-1);
    expect(at(0).budgetLeft).toBe(1);
  });

  it('of nothing is no figure', () => {
    expect(attainment({ requests: 0, bad: 0, coveredMs: hourMs }, errors)).toMatchObject({
      goodShare: null,
      budgetLeft: null,
      isMet: null,
    });
  });

  it('falls with every bad request and never depends on how the time is cut', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (one, other) => {
        const requests = 20_000;
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const left = (bad: number) =>
          attainment({ requests, bad, coveredMs: hourMs }, errors).budgetLeft ?? Number.NaN;
        expect(left(less)).toBeGreaterThanOrEqual(left(more));
      }),
    );
  });
});

describe('objectives', () => {
  it.each([
    [99.9, 1_000],
    [99.95, 500],
    [99.999, 10],
    [50, 500_000],
  ])('of %d %% allow %d bad requests in a million, without dust of fractions', (targetPercent, ppm) => {
    const parsed = objectivesSchema.parse({ errors: { targetPercent } });
    expect(objectivesOf(parsed)).toMatchObject([{ kind: 'errors', budgetPpm: ppm }]);
  });

  it.each([49.9, 99.9999, 100, 99.12345, Number.NaN])('refuse a target of %d %%', (targetPercent) => {
    expect(objectivesSchema.safeParse({ errors: { targetPercent } }).success).toBe(false);
  });

  it('may be none at all', () => {
    expect(objectivesOf(objectivesSchema.parse({}))).toEqual([]);
  });
});
