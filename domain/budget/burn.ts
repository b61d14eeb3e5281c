import type { HourSpend } from './seasonal.ts';

const hourMs = 3_600_000;
/** From when on the open hour says more than the last whole one. */
const quarterHourMs = 15 * 60_000;

/**
 * Spending of the last so many hours before now, of which the oldest counts by the share of it that is within them: the
 * ledger has whole hours and an open one.
 */
export function spentInLast(count: number, hours: readonly HourSpend[], now: Date): bigint {
  const open = Math.floor(now.getTime() / hourMs) * hourMs;
  const oldest = open - count * hourMs;
  return hours.reduce((total, { hourAt, amount }) => {
    const at = hourAt.getTime();
    if (at > oldest && at <= open) return total + amount;
    if (at !== oldest) return total;
    return total + (amount * BigInt(hourMs - (now.getTime() - open))) / BigInt(hourMs);
  }, 0n);
}

/** How fast it is spent now, by hour: the open hour once it tells something, else the newest whole hour of the last three. */
export function burnNow(hours: readonly (HourSpend & { sealed: boolean })[], now: Date): bigint {
  const open = Math.floor(now.getTime() / hourMs) * hourMs;
  const elapsed = now.getTime() - open;
  const current = hours.find(({ hourAt }) => hourAt.getTime() === open);
  if (current !== undefined && elapsed >= quarterHourMs)
    return (current.amount * BigInt(hourMs)) / BigInt(elapsed);
  const whole = hours.filter(
    ({ hourAt }) => hourAt.getTime() < open && hourAt.getTime() >= open - 3 * hourMs,
  );
  return whole.at(-1)?.amount ?? 0n;
}

/** A service's part of the burn: what it took in the last whole hour and by hour over a week. */
type ServicePart = { readonly last: bigint; readonly mean: bigint };

type Steady = {
  readonly burn: bigint;
  /** Services in a running rollout: their envelope speaks for them. */
  readonly moving: readonly ServicePart[];
  /** Services outside rollouts whose replicas an autoscaler sets: their mean speaks for them. */
  readonly autoscaled: readonly ServicePart[];
};

/** What runs outside rollouts takes by hour; never negative. */
export function steadyBurn({ burn, moving, autoscaled }: Steady): bigint {
  const withoutMoving = moving.reduce((left, { last }) => left - last, burn);
  const steady = autoscaled.reduce((left, { last, mean }) => left - last + mean, withoutMoving);
  return steady > 0n ? steady : 0n;
}
