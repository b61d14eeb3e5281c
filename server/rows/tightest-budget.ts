import { and, eq, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { budgetStatusSchema } from '../../domain/budget/status-schema.ts';
import { currencyOf } from './price-entries.ts';

/** How a project stands with its budgets, by what the worker last wrote down: how many, how many head over, and the tightest. */
export async function budgetStanding(queries: Queries, projectId: string) {
  const rows = await queries
    .select({ id: budget.id, name: budget.name, unit: budget.unit, status: budget.status })
    .from(budget)
    .where(and(eq(budget.projectId, projectId), isNull(budget.closedAt)));
  const counted = rows
    .flatMap(({ status, ...row }) => {
      const parsed = budgetStatusSchema.safeParse(status);
      if (!parsed.success) return [];
      const { amount, actual, expected, exhaustedAt } = parsed.data;
      return [{ ...row, amount, actual, expected, exhaustedAt }];
    })
    .sort((left, right) => shareOf(right) - shareOf(left));
  return {
    total: rows.length,
    headingOver: counted.filter(({ expected, amount }) => expected > amount).length,
    tightest: counted[0] ?? null,
    currency: await currencyOf(queries),
  };
}

/** By where it heads, because what is spent is no news. */
function shareOf({ expected, amount }: { expected: bigint; amount: bigint }): number {
  return amount === 0n ? Number.POSITIVE_INFINITY : Number((expected * 1_000n) / amount);
}
