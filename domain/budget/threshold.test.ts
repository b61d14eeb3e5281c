import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyOf } from './anomaly.ts';
import type { BudgetThreshold } from './budget-schema.ts';
import {
  nextThreshold,
  reachedPercent,
  rearms,
  type ThresholdState,
  thresholdKey,
  thresholdStep,
} from './threshold.ts';

const hourMs = 3_600_000;
const percent = (basis: 'actual' | 'forecast', value: number): BudgetThreshold => ({
  basis,
  limit: { kind: 'percent', percent: value },
});
const figures = {
  amount: 7_200n,
  actual: 3_600n,
  expected: 7_000n,
  lastHour: 30n,
  lastSixHours: 180n,
  periodMs: 720 * hourMs,
};

describe('a threshold', () => {
  it.each([
    ['half of the amount', percent('actual', 50), 100],
    ['the whole amount', percent('actual', 100), 50],
    ['the forecast', percent('forecast', 100), (7_000 / 7_200) * 100],
    ['an amount of its own', { basis: 'actual', limit: { kind: 'absolute', amount: '7200' } } as const, 50],
    // The period allows 10 by hour; 30 in the last hour and 30 by hour over six are three times as fast.
    ['three times the pace', { basis: 'burn', factor: 3 } as const, 100],
  ])('of %s says how far it is reached', (_, threshold, expected) => {
    expect(reachedPercent(threshold, figures)).toBeCloseTo(expected, 9);
  });

  it('of pace wants both the last hour and the last six to be too fast', () => {
    const burn: BudgetThreshold = { basis: 'burn', factor: 3 };
    expect(reachedPercent(burn, { ...figures, lastHour: 29n, lastSixHours: 900n })).toBeLessThan(100);
    expect(reachedPercent(burn, { ...figures, lastHour: 900n, lastSixHours: 179n })).toBeLessThan(100);
  });

  it('of a budget of nothing is reached by anything, and not by nothing', () => {
    const none = { ...figures, amount: 0n };
    expect(reachedPercent(percent('actual', 100), none)).toBeGreaterThan(100);
    expect(reachedPercent(percent('actual', 100), { ...none, actual: 0n })).toBe(0);
  });

  it('has a key of its own', () => {
    const all = [
      percent('actual', 50),
      percent('actual', 90),
      percent('forecast', 50),
      { basis: 'burn', factor: 3 },
    ];
    expect(new Set(all.map((threshold) => thresholdKey(threshold as BudgetThreshold))).size).toBe(4);
  });

  it('that comes next is the lowest above what is spent', () => {
    const settings = [percent('actual', 90), percent('actual', 50), percent('forecast', 60)];
    expect(nextThreshold(settings, figures)).toEqual({ percent: 90, line: 6_480n });
    expect(nextThreshold(settings, { ...figures, actual: 7_000n })).toBeNull();
  });
});

/** Looks at a threshold hour by hour as the worker does, and answers the hours in which it fired. */
function fired(reached: readonly number[], again: boolean): number[] {
  let state: ThresholdState | null = null;
  const hours: number[] = [];
  for (const [hour, value] of reached.entries()) {
    const now = new Date(hour * hourMs);
    const step = thresholdStep({ reached: value, state, now, rearms: again });
    if (step.kind === 'fire') {
      state = { firedAt: now, belowSince: null };
      hours.push(hour);
    }
    if (step.kind === 'below' && state !== null) state = { ...state, belowSince: step.since };
    if (step.kind === 'above' && state !== null) state = { ...state, belowSince: null };
  }
  return hours;
}
const lasting = (value: number, hours: number) => Array.from({ length: hours }, () => value);

describe('firing', () => {
  it('happens once in a period for what is spent', () => {
    expect(fired([90, 100, ...lasting(80, 100), 120], false)).toEqual([1]);
    expect([rearms(percent('actual', 1), 'calendar'), rearms(percent('actual', 1), 'rolling')]).toEqual([
      false,
      true,
    ]);
  });

  it.each([
    ['again after a day at five points below', [101, ...lasting(95, 25), 100], [0, 26]],
    ['not after a day just under it', [101, ...lasting(96, 60), 100], [0]],
    ['not when the day was interrupted', [101, ...lasting(90, 20), 97, ...lasting(90, 20), 100], [0]],
    ['not for what stays above', [101, 110, 120, 101], [0]],
  ])('of a forecast happens %s', (_, reached, expected) => {
    expect(fired(reached, true)).toEqual(expected);
  });

  it('never happens twice within a day', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 80, max: 120, noNaN: true }), { maxLength: 200 }), (reached) => {
        const hours = fired(reached, true);
        for (const [index, hour] of hours.slice(1).entries())
          expect(hour - (hours[index] ?? 0)).toBeGreaterThanOrEqual(24);
      }),
    );
  });
});

describe('an anomaly', () => {
  const rules = { least: 100n, overPercent: 50 };
  it.each([
    ['none at the usual', { yesterday: 1_000n, weeks: [1_000n, 990n, 1_010n, 1_000n] }, null],
    ['one well over it', { yesterday: 2_000n, weeks: [1_000n, 1_000n, 1_000n, 1_000n] }, 1_000n],
    [
      'one although a single week was odd',
      { yesterday: 2_000n, weeks: [1_000n, 1_000n, 1_000n, 90_000n] },
      1_000n,
    ],
    ['none for less than the stated amount', { yesterday: 90n, weeks: [0n, 0n, 0n, 0n] }, null],
    ['one where nothing ran before', { yesterday: 100n, weeks: [0n, 0n, 0n, 0n] }, 100n],
    ['none with a single week to compare', { yesterday: 9_000n, weeks: [1n, null, null, null] }, null],
  ])('is %s', (_, days, over) => {
    expect(anomalyOf(days, rules)?.over ?? null).toBe(over);
  });
});
