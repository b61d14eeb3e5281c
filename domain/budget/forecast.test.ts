import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backtest } from './backtest.ts';
import { burnChanged, exhaustedAt, type ForecastInput, forecast, ratesOf, spentOver } from './forecast.ts';
import type { HourSpend } from './seasonal.ts';

const gpuHour = 3_600_000n;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const month = { fromAt: new Date('2026-11-01T00:00:00Z'), toAt: new Date('2026-12-01T00:00:00Z') };
const after = (days: number) => new Date(month.fromAt.getTime() + days * dayMs);

function input(change: Partial<ForecastInput> = {}): ForecastInput {
  return {
    ...month,
    now: after(12),
    actual: 3_600n * gpuHour,
    hours: [],
    steadyPerHour: 20n * gpuHour,
    rollouts: [],
    chosen: 'auto',
    seed: 7,
    ...change,
  };
}

/** Every hour of some days before an instant, by a rule. */
function spent(days: number, to: Date, rule: (at: Date) => bigint): HourSpend[] {
  return Array.from({ length: days * 24 }, (_, index) => {
    const hourAt = new Date(to.getTime() - (days * 24 - index) * hourMs);
    return { hourAt, amount: rule(hourAt) };
  });
}
const weekly = (at: Date) => (at.getUTCDay() % 6 === 0 ? 2n : 10n) * gpuHour;

describe('a forecast', () => {
  it('of 3,600 GPU-hours on day 12 of 30 with 20 GPUs running is 9,000 linear, 12,240 at the run rate, gone on day 25.3', () => {
    const found = forecast(input());
    expect(found.linear).toBe(9_000n * gpuHour);
    expect(found.runRate).toBe(12_240n * gpuHour);
    const gone = exhaustedAt(ratesOf(input(), 'runRate'), {
      ...input(),
      amount: 10_000n * gpuHour,
    });
    expect(((gone?.getTime() ?? 0) - month.fromAt.getTime()) / dayMs).toBeCloseTo(25 + 1 / 3, 6);
  });

  it('counts a running rollout once: what is left of its plan and what runs after it', () => {
    const end = after(13);
    const rollout = {
      steps: [{ fromAt: after(12), toAt: end, perHour: 5n * gpuHour }],
      afterPerHour: 3n * gpuHour,
    };
    const found = forecast(input({ rollouts: [rollout] }));
    const expected = 3_600n + 20n * 18n * 24n + 5n * 24n + 3n * 17n * 24n;
    expect(found.runRate).toBe(expected * gpuHour);
  });

  it('is null where there is nothing to go by', () => {
    expect(forecast(input({ now: month.fromAt, actual: 0n })).linear).toBeNull();
    expect(forecast(input({ hours: spent(13, after(12), weekly) })).seasonal).toBeNull();
  });

  it('by the hour of the week repeats a week that repeats, without a doubt', () => {
    const hours = spent(28, after(12), weekly);
    const found = forecast(input({ hours }));
    const truth = spent(18, month.toAt, weekly).reduce(
      (total, { amount }) => total + amount,
      3_600n * gpuHour,
    );
    expect(found.seasonal).toEqual({ value: truth, low: truth, high: truth });
  });

  it('by the hour of the week has the same interval for the same seed, around its figure', () => {
    const noise = fc.array(fc.bigInt(0n, 20n * gpuHour), { minLength: 20 * 24, maxLength: 20 * 24 });
    fc.assert(
      fc.property(noise, fc.integer(), (amounts, seed) => {
        const to = after(12);
        const hours = amounts.map((amount, index) => ({
          hourAt: new Date(to.getTime() - (amounts.length - index) * hourMs),
          amount,
        }));
        const once = forecast(input({ hours, seed })).seasonal;
        expect(forecast(input({ hours, seed })).seasonal).toEqual(once);
        if (once === null) throw new Error('Twenty days are enough.');
        expect(once.low <= once.high && once.low >= 3_600n * gpuHour).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    [
      'the run rate after the burn changed by over a quarter',
      spent(28, after(12), (at) => (at >= after(11) ? 15n : 10n) * gpuHour),
      12,
      'runRate',
      'burnChanged',
    ],
    ['the run rate in the first three days', spent(28, after(2), () => gpuHour), 2, 'runRate', 'youngPeriod'],
    [
      'the hour of the week with two weeks of history',
      spent(15, after(12), weekly),
      12,
      'seasonal',
      'weeksOfHistory',
    ],
    ['the average with less', spent(9, after(12), weekly), 12, 'linear', 'littleHistory'],
  ] as const)('chooses %s', (_, hours, day, chosen, reason) => {
    expect(forecast(input({ hours, now: after(day) }))).toMatchObject({ chosen, reason });
  });

  it('compares a day with the same day a week before, so that a weekend is no change', () => {
    const monday = new Date('2026-11-16T00:00:00Z');
    expect(burnChanged(spent(20, monday, weekly), monday)).toBe(false);
    expect(burnChanged(spent(7, monday, weekly), monday)).toBe(false);
  });
});

describe('the day when nothing is left', () => {
  it('is now when it is, and none when it lasts', () => {
    const at = { now: after(12), toAt: month.toAt, actual: 5n };
    expect(exhaustedAt([], { ...at, amount: 5n })).toEqual(after(12));
    expect(exhaustedAt([], { ...at, amount: 6n })).toBeNull();
  });

  it('is the first instant by which the amount is spent', () => {
    const segment = fc.record({
      from: fc.integer({ min: 0, max: 400 }),
      length: fc.integer({ min: 1, max: 100 }),
      perHour: fc.bigInt(0n, 10n ** 9n),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), fc.bigInt(1n, 10n ** 11n), (parts, amount) => {
        const now = after(0);
        const at = (hours: number) => new Date(now.getTime() + hours * hourMs);
        const rates = parts.map(({ from, length, perHour }) => ({
          fromAt: at(from),
          toAt: at(from + length),
          perHour,
        }));
        const gone = exhaustedAt(rates, { amount, actual: 0n, now, toAt: month.toAt });
        const by = (end: Date) => spentOver(rates, now, end);
        if (gone === null) expect(by(month.toAt)).toBeLessThan(amount);
        else {
          expect(by(gone)).toBeGreaterThanOrEqual(amount);
          expect(by(new Date(gone.getTime() - 1))).toBeLessThan(amount);
        }
      }),
    );
  });
});

describe('a backtest', () => {
  const october = { fromAt: new Date('2026-10-01T00:00:00Z'), toAt: month.fromAt };

  it('is none yet without one whole past period', () => {
    expect(backtest([], [october], 1)).toBeNull();
    expect(backtest(spent(20, month.fromAt, weekly), [october], 1)).toBeNull();
  });

  it('finds no error in what never changes, and how far a rise is missed', () => {
    const flat = backtest(
      spent(60, month.fromAt, () => gpuHour),
      [october],
      1,
    );
    expect(flat?.rows.map(({ errors }) => errors)).toEqual(
      [25, 50, 75].map(() => ({ linear: 0, runRate: 0, seasonal: 0 })),
    );
    const half = new Date('2026-10-16T12:00:00Z');
    const risen = backtest(
      spent(60, month.fromAt, (at) => (at < half ? 1n : 3n) * gpuHour),
      [october],
      1,
    );
    // Half a month at one and half at three comes to two; on its first quarter all of it looked like one.
    expect(risen?.rows[0]?.errors.linear).toBeCloseTo(0.5, 2);
    expect(risen?.rows[2]?.errors.runRate).toBeCloseTo(0, 6);
  });
});
