import { createHash } from 'node:crypto';
import type { Transaction } from '../../../db/client.ts';
import { backtest, endedSpans } from '../../../domain/budget/backtest.ts';
import { spentInLast } from '../../../domain/budget/burn.ts';
import { exhaustedAt, type ForecastInput, forecast, ratesOf } from '../../../domain/budget/forecast.ts';
import { type PeriodSpan, periodAt, periodBefore } from '../../../domain/budget/period.ts';
import { rollingAt, rollingExhaustedAt } from '../../../domain/budget/rolling.ts';
import type { BudgetStatus } from '../../../domain/budget/status.ts';
import { type BudgetRow, budgetAmounts, budgetHeld } from '../../rows/budget-rows.ts';
import { type BudgetHour, budgetSpend } from '../../rows/budget-spend.ts';
import type { OpenRow } from '../../rows/open-hours.ts';
import { type Running, runningOf } from './outlook.ts';

const dayMs = 86_400_000;
/** Enough for four weeks by the hour of the week. */
const historyMs = 29 * dayMs;
const pastPeriods = 4;

type Before = {
  readonly before: BudgetStatus | null;
  readonly now: Date;
  /** Hours that are not sealed. */
  readonly open: readonly OpenRow[];
};

/** Where a budget stands now. Its backtest is made once a day, because it reads months. */
export async function evaluated(
  tx: Transaction,
  budget: BudgetRow,
  { before, now, open }: Before,
): Promise<BudgetStatus> {
  const span = periodAt(budget.period, now);
  const from = new Date(Math.min(span.fromAt.getTime(), now.getTime() - historyMs));
  const hours = await budgetSpend(tx, budget, { from, to: new Date(now.getTime() + 1), open });
  const inPeriod = hours.filter(({ hourAt }) => hourAt >= span.fromAt);
  const amounts = {
    amount: (await budgetAmounts(tx, [budget.id], now)).get(budget.id) ?? 0n,
    actual: sumOf(inPeriod, 'amount'),
    held: (await budgetHeld(tx, [budget.id])).get(budget.id) ?? 0n,
  };
  const running = await runningOf(tx, budget, { hours, now });
  const figures = { ...amounts, hours, running, now };
  return {
    schema: 1,
    ...amounts,
    fromAt: span.fromAt.toISOString(),
    toAt: span.toAt?.toISOString() ?? null,
    unpriced: budget.unit === 'currency' ? sumOf(inPeriod, 'unpriced') : 0n,
    lastHour: spentInLast(1, hours, now),
    lastSixHours: spentInLast(6, hours, now),
    ...(span.toAt === null
      ? rollingFigures(budget, figures)
      : calendarFigures(budget, { ...figures, fromAt: span.fromAt, toAt: span.toAt })),
    ...(await backtestOf(tx, budget, { before, now, open })),
  };
}

function sumOf(hours: readonly BudgetHour[], key: 'amount' | 'unpriced'): bigint {
  return hours.reduce((total, hour) => total + hour[key], 0n);
}

type Figures = {
  readonly amount: bigint;
  readonly actual: bigint;
  readonly hours: readonly BudgetHour[];
  readonly running: Running;
  readonly now: Date;
};
type Coming = Pick<BudgetStatus, 'forecasts' | 'rolling' | 'expected' | 'exhaustedAt'>;

function calendarFigures(
  budget: BudgetRow,
  { amount, hours, running, ...at }: Figures & { fromAt: Date; toAt: Date },
): Coming {
  const input: ForecastInput = {
    ...at,
    ...running,
    hours,
    chosen: budget.settings.forecast,
    seed: seedOf(budget.id, at.fromAt),
  };
  const forecasts = forecast(input);
  const { chosen, linear, runRate, seasonal } = forecasts;
  const values = { linear, runRate, seasonal: seasonal?.value ?? null };
  const gone = exhaustedAt(ratesOf(input, chosen), { ...at, amount });
  return {
    forecasts,
    rolling: null,
    expected: values[chosen] ?? runRate,
    exhaustedAt: gone?.toISOString() ?? null,
  };
}

/** The same draw for a budget throughout a period, so that its interval does not tremble from look to look. */
function seedOf(budgetId: string, fromAt: Date): number {
  return createHash('sha256').update(`${budgetId} ${fromAt.toISOString()}`).digest().readUInt32LE(0);
}

function rollingFigures({ period }: BudgetRow, figures: Figures): Coming {
  const days = period.kind === 'rolling' ? period.days : 0;
  const outlook = { ...figures, days, perHour: perHourOf(figures) };
  const in72Hours = rollingAt(outlook, 72);
  return {
    forecasts: null,
    rolling: { in24Hours: rollingAt(outlook, 24), in72Hours },
    expected: in72Hours,
    exhaustedAt: rollingExhaustedAt(outlook)?.toISOString() ?? null,
  };
}

/** By hour: what runs, and what each running rollout comes to once it is through. */
function perHourOf({ running }: Figures): bigint {
  return running.rollouts.reduce((total, { afterPerHour }) => total + afterPerHour, running.steadyPerHour);
}

async function backtestOf(
  tx: Transaction,
  budget: BudgetRow,
  { before, now, open }: Before,
): Promise<Pick<BudgetStatus, 'backtest' | 'backtestDay'>> {
  const backtestDay = now.toISOString().slice(0, 10);
  if (before?.backtestDay === backtestDay) return { backtest: before.backtest, backtestDay };
  const spans: PeriodSpan[] = [];
  for (let at = periodBefore(budget.period, now); at !== null && spans.length < pastPeriods; ) {
    spans.push(at);
    at = periodBefore(budget.period, at.fromAt);
  }
  const first = spans.at(-1);
  if (first === undefined) return { backtest: null, backtestDay };
  const hours = await budgetSpend(tx, budget, {
    from: new Date(first.fromAt.getTime() - historyMs),
    to: periodAt(budget.period, now).fromAt,
    open,
  });
  return { backtest: backtest(hours, endedSpans(spans), seedOf(budget.id, first.fromAt)), backtestDay };
}
