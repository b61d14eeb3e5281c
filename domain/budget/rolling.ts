import type { HourSpend } from './seasonal.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

export type RollingOutlook = {
  readonly now: Date;
  readonly days: number;
  readonly amount: bigint;
  readonly actual: bigint;
  /** Past hours, oldest first. */
  readonly hours: readonly HourSpend[];
  readonly perHour: bigint;
};

/** What the last days will have come to in so many hours: what is spent until then, less what rolls off. */
export function rollingAt({ now, days, actual, hours, perHour }: RollingOutlook, inHours: number): bigint {
  const begin = now.getTime() - days * dayMs;
  const rolledOff = hours.reduce((total, { hourAt, amount }) => {
    const at = hourAt.getTime();
    return at >= begin && at < begin + inHours * hourMs ? total + amount : total;
  }, 0n);
  const kept = actual > rolledOff ? actual - rolledOff : 0n;
  // Beyond the window new spending rolls off too.
  return kept + perHour * BigInt(Math.min(inHours, days * 24));
}

/** The first hour within the window's length at which nothing is left; null when there is none. */
export function rollingExhaustedAt({
  now,
  days,
  amount,
  actual,
  hours,
  perHour,
}: RollingOutlook): Date | null {
  if (actual >= amount) return now;
  const begin = now.getTime() - days * dayMs;
  const off = new Map<number, bigint>();
  for (const { hourAt, amount: spent } of hours)
    off.set(Math.floor((hourAt.getTime() - begin) / hourMs), spent);
  let total = actual;
  for (let hour = 1; hour <= days * 24; hour += 1) {
    total += perHour - (off.get(hour - 1) ?? 0n);
    if (total >= amount) return new Date(now.getTime() + hour * hourMs);
  }
  return null;
}
