import * as z from 'zod';
import type { BudgetStatus } from './status.ts';

const amount = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const share = z.number().nullable();
const estimator = z.enum(['linear', 'runRate', 'seasonal']);

/** A status as it is read back from its row. */
export const budgetStatusSchema = z.object({
  schema: z.literal(1),
  fromAt: z.string(),
  toAt: z.string().nullable(),
  amount,
  actual: amount,
  held: amount,
  unpriced: amount,
  lastHour: amount,
  lastSixHours: amount,
  forecasts: z
    .object({
      linear: amount.nullable(),
      runRate: amount,
      seasonal: z.object({ value: amount, low: amount, high: amount }).nullable(),
      chosen: estimator,
      reason: z.enum(['chosen', 'burnChanged', 'youngPeriod', 'weeksOfHistory', 'littleHistory']),
    })
    .nullable(),
  rolling: z.object({ in24Hours: amount, in72Hours: amount }).nullable(),
  expected: amount,
  exhaustedAt: z.string().nullable(),
  backtest: z
    .object({
      periods: z.int(),
      rows: z.array(
        z.object({
          atPercent: z.union([z.literal(25), z.literal(50), z.literal(75)]),
          errors: z.object({ linear: share, runRate: share, seasonal: share }),
        }),
      ),
    })
    .nullable(),
  backtestDay: z.string(),
}) satisfies z.ZodType<BudgetStatus>;

/** A status as JSON carries it: amounts as texts. */
export function storedStatus(status: BudgetStatus): unknown {
  const whole = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
  return JSON.parse(JSON.stringify(status, whole));
}
