import type { BudgetUnit } from '../budget/budget-schema.ts';
import type { ExactNano } from '../price/rates.ts';

/** What an hour of a GPU of each product costs; null where no price says. */
export type GpuRates = Readonly<Record<string, ExactNano | null>>;

const milliGpuSecondsPerGpuHour = 3_600_000n;

/**
 * Milli-GPU-seconds by product in the unit of a budget, rounded up; null when money is asked for and one of the products
 * has no price. A budget of one product counts that one and what may run on any.
 */
export function inUnit(
  amounts: Readonly<Record<string, bigint>>,
  { unit, rates }: { unit: BudgetUnit; rates: GpuRates },
): bigint | null {
  let total = 0n;
  for (const [product, amount] of Object.entries(amounts)) {
    if (amount === 0n) continue;
    if (unit === 'gpuHours') total += amount;
    else {
      const rate = rates[product] ?? null;
      if (rate === null) return null;
      const divisor = rate.d * milliGpuSecondsPerGpuHour;
      total += (amount * rate.n + divisor - 1n) / divisor;
    }
  }
  return total;
}
