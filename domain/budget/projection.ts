import { amountAt, type Movement } from './amount.ts';
import type { BudgetPeriod } from './budget-schema.ts';
import { periodAfter, periodAt } from './period.ts';
import type { HourSpend } from './seasonal.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** What a rollout holds and by when it has given it back at the latest; null when nobody can say. */
export type Hold = { readonly amount: bigint; readonly until: Date | null };

/** Everything that decides what a budget has left later, if what runs now goes on. */
export type BudgetOutlook = {
  readonly now: Date;
  readonly period: BudgetPeriod;
  readonly movements: readonly Movement[];
  readonly actual: bigint;
  /** Hours of the running period, oldest first: what a rolling budget gives back. */
  readonly hours: readonly HourSpend[];
  /** What runs outside rollouts takes by hour. */
  readonly perHour: bigint;
  readonly holds: readonly Hold[];
};

/**
 * What is available at a later instant: the amount in force then, less what its period has spent by then and what is still
 * held. `untimedReleased` counts as given back what has no date.
 */
export function availableAt(outlook: BudgetOutlook, at: Date, untimedReleased = false): bigint {
  const { movements, holds } = outlook;
  const held = holds.reduce((total, { amount, until }) => {
    const released = until === null ? untimedReleased : until <= at;
    return released ? total : total + amount;
  }, 0n);
  return amountAt(movements, at) - spentBy(outlook, at) - held;
}

function spentBy({ now, period, actual, hours, perHour }: BudgetOutlook, at: Date): bigint {
  const { fromAt } = periodAt(period, at);
  const since = fromAt > now ? fromAt : now;
  const coming = (perHour * BigInt(Math.max(0, at.getTime() - since.getTime()))) / BigInt(hourMs);
  if (period.kind === 'calendar') return (fromAt > now ? 0n : actual) + coming;
  const rolledOff = hours.reduce(
    (total, { hourAt, amount }) => (hourAt < fromAt ? total + amount : total),
    0n,
  );
  return (actual > rolledOff ? actual - rolledOff : 0n) + coming;
}

/** When something may come free: a release, an hour that rolls off, the next two periods; rising, each once. */
export function turningPoints({ now, period, hours, holds, movements }: BudgetOutlook): Date[] {
  const next = periodAfter(period, now);
  const later = next?.toAt ?? null;
  const begins = [...(next === null ? [] : [next.fromAt]), ...(later === null ? [] : [later])];
  const rollOff =
    period.kind === 'calendar'
      ? []
      : hours
          .filter(({ amount }) => amount > 0n)
          .map(({ hourAt }) => new Date(hourAt.getTime() + period.days * dayMs + hourMs));
  const released = holds.flatMap(({ until }) => (until === null ? [] : [until]));
  const changed = movements.flatMap(({ fromAt, toAt }) => (toAt === null ? [fromAt] : [fromAt, toAt]));
  const times = [...begins, ...rollOff, ...released, ...changed].map((at) => at.getTime());
  return [...new Set(times)]
    .filter((ms) => ms > now.getTime())
    .sort((left, right) => left - right)
    .map((ms) => new Date(ms));
}

/** Up to when a date is looked for: the end of the next period, or twice the days of a rolling budget. */
export function horizonOf(period: BudgetPeriod, now: Date): Date {
  if (period.kind === 'rolling') return new Date(now.getTime() + 2 * period.days * dayMs);
  return periodAfter(period, now)?.toAt ?? now;
}
