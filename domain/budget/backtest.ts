import { type Estimator, forecast } from './forecast.ts';
import type { PeriodSpan } from './period.ts';
import type { HourSpend } from './seasonal.ts';

const hourMs = 3_600_000;

/** Shares of a period at which past forecasts are judged. */
const marks = [25, 50, 75] as const;

/** How far each estimator was off at each mark, as a share of what the period came to; null where it had nothing to say. */
type BacktestRow = {
  readonly atPercent: (typeof marks)[number];
  readonly errors: Readonly<Record<Estimator, number | null>>;
};
/** Null without one whole past period: no backtest yet. */
export type Backtest = { readonly periods: number; readonly rows: readonly BacktestRow[] } | null;

type Ended = { readonly fromAt: Date; readonly toAt: Date };

/**
 * Mean absolute percentage error over past periods that the history covers whole and that spent anything. The run rate is
 * that of the last hour then: which rollouts ran is not replayed.
 */
export function backtest(hours: readonly HourSpend[], periods: readonly Ended[], seed: number): Backtest {
  const first = hours[0]?.hourAt;
  const whole = periods.filter(
    (period) => first !== undefined && first <= period.fromAt && spent(hours, period) > 0n,
  );
  if (whole.length === 0) return null;
  const rows = marks.map((atPercent) => {
    const found = whole.map((period) => errorsAt(hours, period, { atPercent, seed }));
    const mean = (estimator: Estimator) => meanOf(found.map((errors) => errors[estimator]));
    return {
      atPercent,
      errors: { linear: mean('linear'), runRate: mean('runRate'), seasonal: mean('seasonal') },
    };
  });
  return { periods: whole.length, rows };
}

/** Past periods of a budget, newest first, as spans that have ended. */
export function endedSpans(spans: readonly PeriodSpan[]): Ended[] {
  return spans.flatMap(({ fromAt, toAt }) => (toAt === null ? [] : [{ fromAt, toAt }]));
}

function errorsAt(
  hours: readonly HourSpend[],
  { fromAt, toAt }: Ended,
  { atPercent, seed }: { atPercent: number; seed: number },
): Record<Estimator, number | null> {
  const share = ((toAt.getTime() - fromAt.getTime()) * atPercent) / 100;
  const now = new Date(Math.floor((fromAt.getTime() + share) / hourMs) * hourMs);
  const known = hours.filter(({ hourAt }) => hourAt < now);
  const last = known.at(-1);
  const steadyPerHour =
    last !== undefined && last.hourAt.getTime() === now.getTime() - hourMs ? last.amount : 0n;
  const found = forecast({
    now,
    fromAt,
    toAt,
    actual: spent(known, { fromAt, toAt: now }),
    hours: known,
    steadyPerHour,
    rollouts: [],
    chosen: 'auto',
    seed,
  });
  const truth = spent(hours, { fromAt, toAt });
  const error = (value: bigint | null) =>
    value === null ? null : Math.abs(Number(value - truth)) / Number(truth);
  return {
    linear: error(found.linear),
    runRate: error(found.runRate),
    seasonal: error(found.seasonal?.value ?? null),
  };
}

function spent(hours: readonly HourSpend[], { fromAt, toAt }: Ended): bigint {
  return hours.reduce(
    (total, { hourAt, amount }) => (hourAt >= fromAt && hourAt < toAt ? total + amount : total),
    0n,
  );
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0) / known.length;
}
