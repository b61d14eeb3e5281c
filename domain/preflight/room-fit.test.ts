import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetOutlook } from '../budget/projection.ts';
import type { PreflightCheck } from './check.ts';
import { mayOvertake, type Release, roomFit, type Taking } from './room-fit.ts';

const now = new Date('2026-11-10T12:00:00Z');
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);

const short = (missing: number): PreflightCheck => ({
  kind: 'schedulable',
  subject: '',
  verdict: 'FAIL',
  sentence: '',
  figures: { pods: 4, placed: 4 - missing, wanted: 8 },
  fix: null,
});
const outlook = (change: Partial<BudgetOutlook> = {}): BudgetOutlook => ({
  now,
  period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
  movements: [{ kind: 'base', amount: 100n, fromAt: new Date(0), toAt: null }],
  actual: 90n,
  hours: [],
  perHour: 0n,
  holds: [],
  ...change,
});
const release = (gpus: number, until: Date | null): Release => ({ gpus, namespace: 'production', until });
const ask = { now, namespace: 'production', checks: [], budgets: [], releases: [] };

describe('the date at which a rollout fits', () => {
  it('is now when nothing stops it', () => {
    expect(roomFit({ ...ask, budgets: [{ budgetId: 'b', outlook: outlook(), wanted: 10n }] })).toEqual({
      kind: 'now',
    });
  });

  it('is the next period for money, or the end of the rollout that holds it', () => {
    const wanted = 20n;
    expect(roomFit({ ...ask, budgets: [{ budgetId: 'b', outlook: outlook(), wanted }] })).toEqual({
      kind: 'at',
      at: new Date('2026-12-01T00:00:00Z'),
    });
    const held = outlook({ actual: 60n, holds: [{ amount: 30n, until: at(5) }] });
    expect(roomFit({ ...ask, budgets: [{ budgetId: 'b', outlook: held, wanted }] })).toEqual({
      kind: 'at',
      at: at(5),
    });
  });

  it('for GPUs is when running rollouts have given back as many as lack, two of which each pod takes', () => {
    const releases = [release(2, at(2)), release(2, at(4))];
    expect(roomFit({ ...ask, checks: [short(2)], releases })).toEqual({ kind: 'at', at: at(4) });
    expect(roomFit({ ...ask, checks: [short(1)], releases })).toEqual({ kind: 'at', at: at(2) });
  });

  it('waits for every check at once', () => {
    const budgets = [{ budgetId: 'b', outlook: outlook(), wanted: 20n }];
    expect(roomFit({ ...ask, budgets, checks: [short(1)], releases: [release(2, at(2))] })).toEqual({
      kind: 'at',
      at: new Date('2026-12-01T00:00:00Z'),
    });
  });

  it('is unknown behind a rollout that is paused, and there is none at a size that never fits', () => {
    const paused = [release(4, null)];
    expect(roomFit({ ...ask, checks: [short(2)], releases: paused })).toEqual({ kind: 'untimed' });
    expect(roomFit({ ...ask, budgets: [{ budgetId: 'b', outlook: outlook(), wanted: 101n }] })).toMatchObject(
      {
        kind: 'never',
      },
    );
    expect(roomFit({ ...ask, checks: [short(4)], releases: [release(2, at(1))] })).toMatchObject({
      kind: 'never',
    });
  });

  it('of a quota counts what its namespace gives back only', () => {
    const figures = { key: 'requests.nvidia.com/gpu', used: 6, reserved: 0, wanted: 4, hard: 8 };
    const quota: PreflightCheck = { ...short(0), kind: 'quota', figures };
    const foreign = { ...release(2, at(1)), namespace: 'research' };
    expect(roomFit({ ...ask, checks: [quota], releases: [foreign] })).toMatchObject({ kind: 'never' });
    expect(roomFit({ ...ask, checks: [quota], releases: [release(2, at(1))] })).toEqual({
      kind: 'at',
      at: at(1),
    });
  });
});

describe('a start beside somebody who has waited longer', () => {
  const taking = (change: Partial<Taking> = {}): Taking => ({
    gpus: 1,
    namespace: 'production',
    holds: new Map(),
    until: at(1),
    givesBack: 0,
    ...change,
  });
  const waiting = { ...ask, checks: [short(1)], releases: [release(2, at(5))] };

  it('goes first only when the date of the one that waits does not move', () => {
    expect(mayOvertake(waiting, taking({ until: at(4) }))).toBe(true);
    expect(mayOvertake(waiting, taking({ until: at(6) }))).toBe(false);
  });

  it('counts money like GPUs', () => {
    const budgets = [
      {
        budgetId: 'b',
        outlook: outlook({ actual: 60n, holds: [{ amount: 30n, until: at(5) }] }),
        wanted: 35n,
      },
    ];
    const of = (amount: bigint, hours: number) =>
      mayOvertake(
        { ...ask, budgets },
        taking({ gpus: 0, holds: new Map([['b', amount]]), until: at(hours) }),
      );
    expect([of(5n, 9), of(6n, 9), of(6n, 5)]).toEqual([true, false, true]);
  });

  it('never goes before one without a date, always before one that never fits, and leaves room for one that fits now', () => {
    const paused = { ...waiting, releases: [release(2, null)] };
    const never = { ...waiting, releases: [] };
    const spare = (free: number): PreflightCheck => ({
      ...short(0),
      verdict: 'PASS',
      figures: { free, reserved: 0, wanted: 2 },
    });
    expect([
      mayOvertake(paused, taking()),
      mayOvertake(never, taking()),
      mayOvertake({ ...ask, checks: [spare(3)] }, taking()),
      mayOvertake({ ...ask, checks: [spare(2)] }, taking()),
    ]).toEqual([false, true, true, false]);
  });
});

/**
 * The head's own start, found by walking hour by hour over what is free: GPUs that come back, less what whoever went first
 * has until its end, and money likewise. Null when it never comes in a week.
 */
type Day = {
  readonly free: number;
  readonly needs: number;
  readonly back: readonly { readonly gpus: number; readonly hour: number }[];
  readonly money: number;
  readonly wants: number;
  readonly held: readonly { readonly amount: number; readonly hour: number }[];
};
type First = {
  readonly gpus: number;
  readonly money: number;
  readonly hour: number;
  readonly givesBack: number;
};

function startOf(day: Day, first: First | null): number | null {
  for (let hour = 0; hour <= 168; hour += 1) {
    const isOver = first !== null && hour >= first.hour;
    const taken = first === null ? 0 : isOver ? -first.givesBack : first.gpus;
    const gpus = day.back.reduce((sum, one) => sum + (one.hour <= hour ? one.gpus : 0), day.free - taken);
    const spent = first === null || isOver ? 0 : first.money;
    const money = day.held.reduce((sum, one) => sum - (one.hour > hour ? one.amount : 0), day.money - spent);
    if (gpus >= day.needs && money >= day.wants) return hour;
  }
  return null;
}

describe('a smaller start beside a larger one that waits', () => {
  const hour = fc.integer({ min: 1, max: 48 });
  const days: fc.Arbitrary<Day> = fc.record({
    free: fc.integer({ min: 0, max: 6 }),
    needs: fc.integer({ min: 1, max: 12 }),
    back: fc.array(fc.record({ gpus: fc.integer({ min: 1, max: 6 }), hour }), { maxLength: 4 }),
    money: fc.integer({ min: 0, max: 60 }),
    wants: fc.integer({ min: 1, max: 60 }),
    held: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 20 }), hour }), { maxLength: 3 }),
  });
  const firsts: fc.Arbitrary<First> = fc.record({
    gpus: fc.integer({ min: 0, max: 4 }),
    money: fc.integer({ min: 0, max: 20 }),
    hour,
    givesBack: fc.integer({ min: 0, max: 3 }),
  });
  /** The budget of the question: what is left of it with nothing held, over a month that ends long after. */
  const questionOf = (day: Day) => ({
    ...ask,
    checks: [
      {
        ...short(0),
        verdict: day.free >= day.needs ? ('PASS' as const) : ('FAIL' as const),
        figures:
          day.free >= day.needs
            ? { free: day.free, reserved: 0, wanted: day.needs }
            : { pods: day.needs, placed: day.free, wanted: day.needs },
      },
    ],
    releases: day.back.map(({ gpus, hour: until }) => release(gpus, at(until))),
    budgets: [
      {
        budgetId: 'b',
        wanted: BigInt(day.wants),
        outlook: outlook({
          actual: BigInt(100 - day.money),
          holds: day.held.map(({ amount, hour: until }) => ({ amount: BigInt(amount), until: at(until) })),
        }),
      },
    ],
  });

  it('goes first exactly when an hour by hour look finds that the larger one starts no later', () => {
    fc.assert(
      fc.property(days, firsts, (day, first) => {
        const before = startOf(day, null);
        fc.pre(before !== null);
        const after = startOf(day, first);
        const taking: Taking = {
          gpus: first.gpus,
          namespace: 'production',
          holds: new Map([['b', BigInt(first.money)]]),
          until: at(first.hour),
          givesBack: first.givesBack,
        };
        expect(mayOvertake(questionOf(day), taking)).toBe(after !== null && after <= (before ?? 0));
      }),
      { numRuns: 500 },
    );
  });
});
