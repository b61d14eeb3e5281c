import type { BudgetUnit } from '../../domain/budget/budget-schema.ts';
import { gpuHour } from '../../domain/budget/budget-words.ts';
import { decimalOf, nanoOf } from '../../domain/price/money.ts';

const decimal = /^(\d{1,12})(?:\.(\d{1,3}))?$/;

/** What was typed, in the unit of the budget; null for anything that is no plain amount (three digits after the point of GPU-hours). */
export function amountOfText(text: string, unit: BudgetUnit): bigint | null {
  if (unit === 'currency') return nanoOf(text);
  const found = decimal.exec(text.trim());
  if (found === null) return null;
  const thousandths = BigInt(found[1] ?? '0') * 1_000n + BigInt((found[2] ?? '').padEnd(3, '0'));
  return thousandths * (gpuHour / 1_000n);
}

/** An amount as it is typed; the other way round. */
export function textOfAmount(amount: bigint, unit: BudgetUnit): string {
  if (unit === 'currency') return decimalOf(amount);
  const thousandths = (amount * 1_000n) / gpuHour;
  const part = String(thousandths % 1_000n)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${thousandths / 1_000n}${part === '' ? '' : `.${part}`}`;
}
