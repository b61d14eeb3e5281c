import type { BudgetThreshold, BudgetUnit } from '../../domain/budget/budget-schema.ts';
import { amountOfText, textOfAmount } from './amount-text.ts';

/** A threshold as it is typed. */
export type ThresholdDraft = {
  readonly basis: BudgetThreshold['basis'];
  readonly kind: 'percent' | 'absolute';
  readonly text: string;
};

export function thresholdDraft(threshold: BudgetThreshold, unit: BudgetUnit): ThresholdDraft {
  if (threshold.basis === 'burn') return { basis: 'burn', kind: 'percent', text: String(threshold.factor) };
  const { limit, basis } = threshold;
  return limit.kind === 'percent'
    ? { basis, kind: 'percent', text: String(limit.percent) }
    : { basis, kind: 'absolute', text: textOfAmount(BigInt(limit.amount), unit) };
}

/** What was typed as the server takes it; null when it is no number above nothing. */
export function thresholdOf({ basis, kind, text }: ThresholdDraft, unit: BudgetUnit): BudgetThreshold | null {
  const number = Number(text.trim());
  if (basis === 'burn') return number >= 1 && number <= 100 ? { basis, factor: number } : null;
  if (kind === 'absolute') {
    const amount = amountOfText(text, unit);
    return amount === null ? null : { basis, limit: { kind, amount: amount.toString() } };
  }
  return number > 0 && number <= 1_000 ? { basis, limit: { kind, percent: number } } : null;
}
