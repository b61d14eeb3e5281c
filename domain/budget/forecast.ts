import { type Estimate, type HourSpend, seasonalEstimate, seasonalRates } from './seasonal.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Spending by hour over a stretch of time, in the unit of the budget. */
export type RateSegment = { readonly fromAt: Date; readonly toAt: Date; readonly perHour: bigint };

/** linear: as fast as on average so far · runRate: what runs now goes on · seasonal: each hour as that hour of the week was. */
export type Estimator = 'linear' | 'runRate' | 'seasonal';

/** A running rollout: what its service takes until it ends, and after that. */
export type RunningRollout = { readonly steps: readonly RateSegment[]; readonly afterPerHour: bigint };

export type ForecastInput = {
  readonly now: Date;
  readonly fromAt: Date;
  readonly toAt: Date;
  readonly actual: bigint;
  /** Whole hours before now, oldest first; an hour without a row spent nothing. */
  readonly hours: readonly HourSpend[];
  /** What runs outside rollouts takes by hour. */
  readonly steadyPerHour: bigint;
  readonly rollouts: readonly RunningRollout[];
  readonly chosen: Estimator | 'auto';
  readonly seed: number;
};

export type ForecastReason = 'chosen' | 'burnChanged' | 'youngPeriod' | 'weeksOfHistory' | 'littleHistory';

export type Forecasts = {
  /** Null before the period has run for an hour. */
  readonly linear: bigint | null;
  readonly runRate: bigint;
  /** Null with less than two weeks of history. */
  readonly seasonal: Estimate | null;
  /** The one that thresholds look at, and why that one. */
  readonly chosen: Estimator;
  readonly reason: ForecastReason;
};

/** What is spent over the segments within [fromAt, toAt); one floor at the end. */
export function spentOver(segments: readonly RateSegment[], fromAt: Date, toAt: Date): bigint {
  const product = segments.reduce((total, segment) => {
    const ms =
      Math.min(segment.toAt.getTime(), toAt.getTime()) - Math.max(segment.fromAt.getTime(), fromAt.getTime());
    return ms <= 0 ? total : total + segment.perHour * BigInt(ms);
  }, 0n);
  return product / BigInt(hourMs);
}

/** Spending to come, as one of the estimators sees it. Held money is in it already: it belongs to running rollouts. */
export function ratesOf(input: ForecastInput, estimator: Estimator): RateSegment[] {
  const { now, fromAt, toAt, actual } = input;
  switch (estimator) {
    case 'linear': {
      const elapsed = BigInt(Math.max(1, now.getTime() - fromAt.getTime()));
      return [{ fromAt: now, toAt, perHour: (actual * BigInt(hourMs)) / elapsed }];
    }
    case 'runRate':
      return [
        { fromAt: now, toAt, perHour: input.steadyPerHour },
        ...input.rollouts.flatMap(({ steps, afterPerHour }) => {
          const endsAt = steps.reduce((last, step) => (step.toAt > last ? step.toAt : last), now);
          return [...steps, { fromAt: endsAt, toAt, perHour: afterPerHour }];
        }),
      ];
    case 'seasonal':
      return seasonalRates(input.hours, { fromAt: now, toAt });
  }
}

/** What the period will have spent at its end by each estimator, and which of them counts. */
export function forecast(input: ForecastInput): Forecasts {
  const { now, fromAt, toAt, actual } = input;
  const elapsedMs = now.getTime() - fromAt.getTime();
  const linear =
    elapsedMs < hourMs ? null : (actual * BigInt(toAt.getTime() - fromAt.getTime())) / BigInt(elapsedMs);
  const runRate = actual + spentOver(ratesOf(input, 'runRate'), now, toAt);
  const seasonal = seasonalEstimate(input.hours, { fromAt: now, toAt, actual, seed: input.seed });
  return { linear, runRate, seasonal, ...selection(input, { linear, seasonal }) };
}

type Known = { readonly linear: bigint | null; readonly seasonal: Estimate | null };

function selection(
  input: ForecastInput,
  { linear, seasonal }: Known,
): { chosen: Estimator; reason: ForecastReason } {
  const { chosen, now, fromAt, hours } = input;
  if (chosen === 'runRate') return { chosen, reason: 'chosen' };
  if (chosen === 'linear' && linear !== null) return { chosen, reason: 'chosen' };
  if (chosen === 'seasonal' && seasonal !== null) return { chosen, reason: 'chosen' };
  if (burnChanged(hours, now)) return { chosen: 'runRate', reason: 'burnChanged' };
  if (now.getTime() - fromAt.getTime() < 3 * dayMs) return { chosen: 'runRate', reason: 'youngPeriod' };
  if (seasonal !== null) return { chosen: 'seasonal', reason: 'weeksOfHistory' };
  return { chosen: 'linear', reason: 'littleHistory' };
}

/** Whether the last 24 whole hours spent over a quarter more or less than the same 24 a week before; false without them. */
export function burnChanged(hours: readonly HourSpend[], now: Date): boolean {
  const to = Math.floor(now.getTime() / hourMs) * hourMs;
  const first = hours[0]?.hourAt.getTime() ?? to;
  if (first > to - 8 * dayMs) return false;
  const recent = spentBetween(hours, to - dayMs, to);
  const before = spentBetween(hours, to - 8 * dayMs, to - 7 * dayMs);
  const difference = recent > before ? recent - before : before - recent;
  return difference * 4n > before;
}

/** Sum of the hours that begin in [from, to), times in ms. */
function spentBetween(hours: readonly HourSpend[], from: number, to: number): bigint {
  return hours.reduce((total, { hourAt, amount }) => {
    const at = hourAt.getTime();
    return at >= from && at < to ? total + amount : total;
  }, 0n);
}

type Exhaustion = {
  readonly amount: bigint;
  readonly actual: bigint;
  readonly now: Date;
  readonly toAt: Date;
};

/** When the amount will be gone: now when it is, null when it lasts to the end. */
export function exhaustedAt(rates: readonly RateSegment[], at: Exhaustion): Date | null {
  const { amount, actual, now, toAt } = at;
  if (actual >= amount) return now;
  const edges = rates.flatMap((segment) => [segment.fromAt.getTime(), segment.toAt.getTime()]);
  const bounds = [...new Set([now.getTime(), toAt.getTime(), ...edges])]
    .filter((ms) => ms >= now.getTime() && ms <= toAt.getTime())
    .sort((left, right) => left - right);
  // In unit × ms, so that nothing is rounded on the way.
  let left = (amount - actual) * BigInt(hourMs);
  for (const [index, from] of bounds.entries()) {
    const to = bounds[index + 1];
    if (to === undefined) break;
    const perHour = rates.reduce(
      (total, segment) =>
        segment.fromAt.getTime() <= from && segment.toAt.getTime() >= to ? total + segment.perHour : total,
      0n,
    );
    const cost = perHour * BigInt(to - from);
    if (perHour > 0n && cost >= left) return new Date(from + Number((left + perHour - 1n) / perHour));
    left -= cost;
  }
  return null;
}
