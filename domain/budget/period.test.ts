import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetPeriod } from './budget-schema.ts';
import { periodAfter, periodAt, periodBefore, rolloverOf } from './period.ts';

function every(unit: 'week' | 'month' | 'quarter', timeZone: string): BudgetPeriod {
  return { kind: 'calendar', every: unit, timeZone, rolloverCapPercent: 0 };
}
function span(period: BudgetPeriod, at: string) {
  const { fromAt, toAt, beginsLateMs } = periodAt(period, new Date(at));
  return [fromAt.toISOString(), toAt?.toISOString() ?? null, beginsLateMs / 60_000];
}

describe('a period', () => {
  it.each([
    ['week', 'UTC', '2026-11-26T12:00:00Z', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z', 0],
    ['week', 'UTC', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z', 0],
    ['month', 'UTC', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', 0],
    ['quarter', 'UTC', '2026-11-26T12:00:00Z', '2026-10-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', 0],
    // Clocks in Berlin go back on 25 October and forward on 29 March.
    [
      'month',
      'Europe/Berlin',
      '2026-10-26T00:00:00Z',
      '2026-09-30T22:00:00.000Z',
      '2026-10-31T23:00:00.000Z',
      0,
    ],
    [
      'week',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-22T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      0,
    ],
    [
      'month',
      'America/New_York',
      '2026-11-01T03:59:00Z',
      '2026-10-01T04:00:00.000Z',
      '2026-11-01T04:00:00.000Z',
      0,
    ],
    // Midnight in Kolkata is 18:30 UTC and in Kathmandu 18:15 UTC, inside an hour of the ledger.
    [
      'month',
      'Asia/Kolkata',
      '2026-11-26T12:00:00Z',
      '2026-10-31T19:00:00.000Z',
      '2026-11-30T19:00:00.000Z',
      30,
    ],
    [
      'month',
      'Asia/Kolkata',
      '2026-11-30T18:45:00Z',
      '2026-10-31T19:00:00.000Z',
      '2026-11-30T19:00:00.000Z',
      30,
    ],
    [
      'month',
      'Asia/Kathmandu',
      '2026-11-26T12:00:00Z',
      '2026-10-31T19:00:00.000Z',
      '2026-11-30T19:00:00.000Z',
      45,
    ],
    // In Beirut clocks jump over midnight of 29 March 2026, so that day begins at one.
    [
      'week',
      'Asia/Beirut',
      '2026-03-30T12:00:00Z',
      '2026-03-29T21:00:00.000Z',
      '2026-04-05T21:00:00.000Z',
      0,
    ],
  ] as const)('of a %s in %s holds %s', (unit, zone, at, from, to, late) => {
    expect(span(every(unit, zone), at)).toEqual([from, to, late]);
  });

  it('that rolls is the last whole hours before now and has no end', () => {
    expect(span({ kind: 'rolling', days: 7 }, '2026-11-26T12:20:00Z')).toEqual([
      '2026-11-19T13:00:00.000Z',
      null,
      0,
    ]);
  });

  it('holds its instant, begins and ends at whole hours and meets its neighbours, in every zone', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/Havana',
      'Asia/Beirut',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom('week', 'month', 'quarter'),
        fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        (zone, unit, now) => {
          const period = every(unit, zone);
          const { fromAt, toAt, beginsLateMs } = periodAt(period, now);
          if (toAt === null) throw new Error('A calendar period ends.');
          expect(fromAt.getTime()).toBeLessThanOrEqual(now.getTime());
          expect(toAt.getTime()).toBeGreaterThan(now.getTime());
          expect([fromAt.getTime() % 3_600_000, toAt.getTime() % 3_600_000]).toEqual([0, 0]);
          expect(beginsLateMs).toBeLessThan(3_600_000);
          expect(periodAfter(period, now)?.fromAt).toEqual(toAt);
          expect(periodBefore(period, now)?.toAt).toEqual(fromAt);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what is left', () => {
  const capped: BudgetPeriod = { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 20 };
  it.each([
    ['all of it under the cap', capped, 1_000n, 900n, 100n],
    ['the cap', capped, 1_000n, 100n, 200n],
    ['nothing after an overspend', capped, 1_000n, 1_200n, 0n],
    ['nothing without a cap', every('month', 'UTC'), 1_000n, 100n, 0n],
    ['nothing of a rolling budget', { kind: 'rolling', days: 7 } as const, 1_000n, 100n, 0n],
  ])('goes on as %s', (_, period, amount, actual, expected) => {
    expect(rolloverOf(period, { amount, actual, base: 1_000n })).toBe(expected);
  });
});
