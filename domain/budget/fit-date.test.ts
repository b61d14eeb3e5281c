import { describe, expect, it } from 'vitest';
import type { BudgetPeriod } from './budget-schema.ts';
import { fitDate, fitSentence } from './fit-date.ts';
import { availableAt, type BudgetOutlook, horizonOf, turningPoints } from './projection.ts';

const at = (text: string) => new Date(`2026-11-${text}Z`);
const weekly: BudgetPeriod = { kind: 'calendar', every: 'week', timeZone: 'UTC', rolloverCapPercent: 0 };
const now = at('26T12:00:00');

function outlook(change: Partial<BudgetOutlook> = {}): BudgetOutlook {
  return {
    now,
    period: weekly,
    movements: [{ kind: 'base', amount: 100n, fromAt: at('01T00:00:00'), toAt: null }],
    actual: 70n,
    hours: [],
    perHour: 0n,
    holds: [],
    ...change,
  };
}

function dateOf(budget: BudgetOutlook, need: bigint) {
  return fitDate({
    now,
    candidates: turningPoints(budget),
    lookUntil: horizonOf(budget.period, now),
    fits: (time, untimed) => availableAt(budget, time, untimed) >= need,
  });
}

describe('the date at which a rollout fits', () => {
  it('is now when it does', () => {
    expect(dateOf(outlook(), 30n)).toEqual({ kind: 'now' });
  });

  it('is when a running plan has given back what it holds, at the latest', () => {
    const holds = [{ amount: 20n, until: at('27T06:00:00') }];
    expect(dateOf(outlook({ holds }), 30n)).toEqual({ kind: 'at', at: at('27T06:00:00') });
  });

  it('counts what goes on being spent until then', () => {
    const holds = [{ amount: 20n, until: at('27T06:00:00') }];
    expect(dateOf(outlook({ holds, perHour: 1n }), 30n)).toEqual({ kind: 'at', at: at('30T00:00:00') });
  });

  it('is the next period when nothing comes free before', () => {
    expect(dateOf(outlook(), 90n)).toEqual({ kind: 'at', at: at('30T00:00:00') });
  });

  it('is when enough hours have rolled off', () => {
    const period = { kind: 'rolling', days: 7 } as const;
    const hours = [
      { hourAt: at('20T00:00:00'), amount: 40n },
      { hourAt: at('22T00:00:00'), amount: 30n },
    ];
    expect(dateOf(outlook({ period, hours }), 60n)).toEqual({ kind: 'at', at: at('27T01:00:00') });
  });

  it('is none behind a pause without end, and then the sentence says why', () => {
    const found = dateOf(outlook({ holds: [{ amount: 100n, until: null }] }), 90n);
    expect(found).toEqual({ kind: 'untimed' });
    expect(fitSentence(found, String)).toContain('paused without an end');
  });

  it('is none for what is larger than two periods have', () => {
    expect(dateOf(outlook(), 101n)).toEqual({ kind: 'never', lookedUntil: new Date('2026-12-07T00:00:00Z') });
  });
});
