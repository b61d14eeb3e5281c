import { countOf } from '../figure-text.ts';
import { moneyText } from '../price/money.ts';
import type { BudgetPeriod, BudgetThreshold, BudgetUnit } from './budget-schema.ts';

/** Milli-GPU-seconds in a GPU-hour. */
export const gpuHour = 3_600_000n;

/** How an amount is counted: GPU-hours, or a currency by its code. */
export type Measure = { readonly unit: BudgetUnit; readonly currency: string | null };

/** GPU-hours as a number, for charts and for people; exact to a thousandth. */
function gpuHoursOf(amount: bigint): number {
  return Number((amount * 1_000n) / gpuHour) / 1_000;
}

/** An amount of a budget for people: "1,250 GPU-hours", "$12.40". */
export function amountText(amount: bigint, { unit, currency }: Measure): string {
  if (unit === 'currency') return moneyText(amount, currency ?? 'XXX');
  const hours = gpuHoursOf(amount);
  const digits = Math.abs(hours) < 10 ? 2 : Math.abs(hours) < 100 ? 1 : 0;
  const text = new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(hours);
  return `${text} ${hours === 1 ? 'GPU-hour' : 'GPU-hours'}`;
}

const everyWords = { week: 'week', month: 'month', quarter: 'quarter' } as const;

/** "Every month, Europe/Berlin", "Last 7 days". */
export function periodText(period: BudgetPeriod): string {
  if (period.kind === 'rolling') return period.days === 1 ? 'Last day' : `Last ${period.days} days`;
  return `Every ${everyWords[period.every]}, ${period.timeZone}`;
}

/** Why a period does not begin at midnight of its zone; null where it does. */
export function lateBeginText(beginsLateMs: number): string | null {
  if (beginsLateMs === 0) return null;
  return `It begins ${countOf(beginsLateMs / 60_000, 'minute')} after midnight of its zone, because costs are counted by hours of UTC.`;
}

/** What a threshold waits for: "90 %", "100 GPU-hours", "3 times the pace that the period allows". */
export function limitText(threshold: BudgetThreshold, measure: Measure): string {
  if (threshold.basis === 'burn') return `${threshold.factor} times the pace that the period allows`;
  const { limit } = threshold;
  return limit.kind === 'percent' ? `${limit.percent} %` : amountText(BigInt(limit.amount), measure);
}

/** A threshold as a line of a list. */
export function thresholdText(threshold: BudgetThreshold, measure: Measure): string {
  const limit = limitText(threshold, measure);
  switch (threshold.basis) {
    case 'actual':
      return `${limit} spent`;
    case 'forecast':
      return `${limit} forecast`;
    case 'burn':
      return `Spent at ${limit}, over an hour and over six`;
  }
}
