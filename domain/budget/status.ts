import type { Backtest } from './backtest.ts';
import type { Forecasts } from './forecast.ts';

/** Where a budget stands, in its unit. */
export type BudgetAmounts = {
  /** The movements in force. */
  readonly amount: bigint;
  /** Spent in the period: sealed hours of the ledger and the open ones. */
  readonly actual: bigint;
  /** What running rollouts may still take. */
  readonly held: bigint;
};

/** What a new rollout could take; negative when more is spent and held than there is. */
export function availableOf({ amount, actual, held }: BudgetAmounts): bigint {
  return amount - actual - held;
}

/** What the last days of a rolling budget will have come to, while what runs now goes on. */
type RollingForecast = { readonly in24Hours: bigint; readonly in72Hours: bigint };

/** What the worker wrote down, a minute old at most; for people and thresholds, never for a guard. */
export type BudgetStatus = BudgetAmounts & {
  readonly schema: 1;
  readonly fromAt: string;
  /** Null for a rolling budget. */
  readonly toAt: string | null;
  /** Milli-GPU-seconds in the period that had no price; they are in no sum of money. */
  readonly unpriced: bigint;
  /** Spending of the last 60 minutes and of the last six hours. */
  readonly lastHour: bigint;
  readonly lastSixHours: bigint;
  /** Of calendar periods. */
  readonly forecasts: Forecasts | null;
  /** Of rolling ones. */
  readonly rolling: RollingForecast | null;
  /** The forecast that thresholds look at: of the chosen estimator, or in 72 hours. */
  readonly expected: bigint;
  /** When nothing will be left at that pace; null when the period ends before. */
  readonly exhaustedAt: string | null;
  readonly backtest: Backtest;
  /** Day on which the backtest was made. */
  readonly backtestDay: string;
};
