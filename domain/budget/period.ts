import type { BudgetPeriod } from './budget-schema.ts';
import { instantOf, wallOf } from './wall-time.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

type CalendarPeriod = Extract<BudgetPeriod, { kind: 'calendar' }>;

/** A period of a budget, of whole UTC hours: [fromAt, toAt). */
export type PeriodSpan = {
  readonly fromAt: Date;
  /** Null for a rolling budget, which never ends. */
  readonly toAt: Date | null;
  /** How long after midnight of its zone it begins, because the ledger counts UTC hours; 0 in most zones. */
  readonly beginsLateMs: number;
};

/** The period that an instant is in. Rolling: the last whole days before it, begun at the next UTC hour. */
export function periodAt(period: BudgetPeriod, now: Date): PeriodSpan {
  if (period.kind === 'rolling')
    return { fromAt: nextHour(now.getTime() - period.days * dayMs), toAt: null, beginsLateMs: 0 };
  const wall = startOf(period, wallOf(now, period.timeZone));
  const span = spanFrom(period, wall);
  // Between midnight of the zone and the next UTC hour the old period still runs.
  return span.fromAt > now ? spanFrom(period, shifted(period, wall, -1)) : span;
}

/** The calendar period that follows the one an instant is in; null for a rolling budget. */
export function periodAfter(period: BudgetPeriod, now: Date): PeriodSpan | null {
  const { toAt } = periodAt(period, now);
  return toAt === null ? null : periodAt(period, toAt);
}

/** The calendar period before the one an instant is in; null for a rolling budget. */
export function periodBefore(period: BudgetPeriod, now: Date): PeriodSpan | null {
  if (period.kind === 'rolling') return null;
  return periodAt(period, new Date(periodAt(period, now).fromAt.getTime() - 1));
}

function spanFrom(period: CalendarPeriod, wall: number): PeriodSpan {
  const midnight = instantOf(wall, period.timeZone).getTime();
  const fromAt = nextHour(midnight);
  const toAt = nextHour(instantOf(shifted(period, wall, 1), period.timeZone).getTime());
  return { fromAt, toAt, beginsLateMs: fromAt.getTime() - midnight };
}

function nextHour(ms: number): Date {
  return new Date(Math.ceil(ms / hourMs) * hourMs);
}

/** Midnight on the wall at which the period that holds this wall time begins. */
function startOf({ every }: CalendarPeriod, wall: number): number {
  const day = new Date(wall);
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  switch (every) {
    case 'week':
      return Date.UTC(year, month, date - ((day.getUTCDay() + 6) % 7));
    case 'month':
      return Date.UTC(year, month, 1);
    case 'quarter':
      return Date.UTC(year, month - (month % 3), 1);
  }
}

/** The start of a period so many periods later. */
function shifted({ every }: CalendarPeriod, wall: number, by: number): number {
  const day = new Date(wall);
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  switch (every) {
    case 'week':
      return Date.UTC(year, month, date + 7 * by);
    case 'month':
      return Date.UTC(year, month + by, 1);
    case 'quarter':
      return Date.UTC(year, month + 3 * by, 1);
  }
}

type Unspent = { readonly amount: bigint; readonly actual: bigint; readonly base: bigint };

/** What of a finished period goes into the next: what was left, at most the cap; never negative. */
export function rolloverOf(period: BudgetPeriod, { amount, actual, base }: Unspent): bigint {
  if (period.kind === 'rolling' || amount <= actual) return 0n;
  const cap = (base * BigInt(period.rolloverCapPercent)) / 100n;
  return amount - actual < cap ? amount - actual : cap;
}
