import { describe, expect, it } from 'vitest';
import { type GateTraffic, gateForecast } from './gate-forecast.ts';

const minuteMs = 60_000;
const amount: GateTraffic = { name: 'amount', bins: 20, phi: 1, rowsPerSecond: 1 };
const step = (weightPercent: number, minimumMinutes: number, deadlineMinutes = 120) => ({
  weightPercent,
  minimumMs: minimumMinutes * minuteMs,
  deadlineMs: deadlineMinutes * minuteMs,
});
const inputs = { id: 'inputs', of: 'inputs' } as const;
const readyMinutes = (found: ReturnType<typeof gateForecast>) =>
  found.steps.map(({ readyMs }) => (readyMs === null ? null : readyMs / minuteMs));

describe('the forecast of a drift check', () => {
  it('is 67 minutes for 200 canary rows at 5 % of one row per second, in whole windows, one begun and the last settled', () => {
    const found = gateForecast(inputs, [amount], [step(5, 30), step(50, 30), step(100, 0)]);
    expect(found).toMatchObject({ rowsNeeded: 200, feature: 'amount', withinPlan: true });
    // 66.7 minutes are 14 windows; 6.7 minutes are two.
    expect(readyMinutes(found)).toEqual([14 * 5 + 5 + 2, 2 * 5 + 5 + 2]);
    expect(found.sentence).toBe(
      'The drift check of inputs needs 200 rows of amount in each arm: at 1 rows per second both have them 1 h 17 min after 5 % takes effect, 17 min after 50 % takes effect. Step 1 waits for it longer than the least time.',
    );
  });

  it('takes phi times as many rows', () => {
    const found = gateForecast(inputs, [{ ...amount, phi: 3 }], [step(5, 30)]);
    expect([found.rowsNeeded, readyMinutes(found)]).toEqual([600, [40 * 5 + 7]]);
    expect(found.withinPlan).toBe(false);
    expect(found.sentence).toContain('Step 1 reaches its deadline before that');
  });

  it('waits for the feature that takes longest, and for the rarer arm', () => {
    const rare = { ...amount, name: 'age', bins: 2, rowsPerSecond: 0.1 };
    const found = gateForecast(inputs, [amount, rare], [step(20, 200, 200), step(80, 200, 200)]);
    expect([found.feature, found.rowsNeeded]).toEqual(['age', 100]);
    expect(readyMinutes(found)).toEqual([17 * 5 + 7, 17 * 5 + 7]);
    expect(found.sentence).toContain('Each step lasts that long anyway.');
  });

  it('is never where nothing is counted or comes', () => {
    const none = gateForecast(inputs, [], [step(5, 30)]);
    expect([readyMinutes(none), none.withinPlan]).toEqual([[null], false]);
    expect(none.sentence).toContain('nothing to compare');
    const silent = gateForecast(
      inputs,
      [amount, { ...amount, name: 'age', rowsPerSecond: 0 }],
      [step(5, 30)],
    );
    expect([silent.feature, silent.withinPlan]).toEqual(['age', false]);
    expect(silent.sentence).toContain('none came in the last day');
  });
});
