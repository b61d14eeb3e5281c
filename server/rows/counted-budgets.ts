import { and, asc, inArray, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { amountAt, type Movement } from '../../domain/budget/amount.ts';
import type { BudgetScope } from '../../domain/budget/budget-schema.ts';
import { periodAt } from '../../domain/budget/period.ts';
import { budgetStatusSchema } from '../../domain/budget/status-schema.ts';
import { anyProduct } from '../../domain/envelope/envelope.ts';
import {
  type BudgetRow,
  budgetHeld,
  budgetMovements,
  budgetOf,
  openBudgets,
  withAncestors,
} from './budget-rows.ts';
import { type BudgetHour, budgetSpend } from './budget-spend.ts';
import { openRows } from './open-hours.ts';

/** What of a rollout decides which budgets count it. */
export type CountedWork = {
  readonly projectId: string;
  readonly environmentId: string;
  readonly modelId: string;
  readonly products: readonly string[];
};

/** Whether a budget counts any of it; pods that take any GPU may land on the budget's product. */
export function countsWork(scope: BudgetScope, work: CountedWork): boolean {
  const fits = (wanted: string | null, found: string) => wanted === null || wanted === found;
  return (
    fits(scope.projectId, work.projectId) &&
    fits(scope.environmentId, work.environmentId) &&
    fits(scope.modelId, work.modelId) &&
    (scope.gpuProduct === null ||
      work.products.includes(scope.gpuProduct) ||
      work.products.includes(anyProduct))
  );
}

/** Ids of the open budgets that count the work, and of all that stand above them. */
export async function countedBudgetIds(queries: Queries, work: CountedWork): Promise<string[]> {
  const open = await openBudgets(queries, [work.projectId]);
  const counted = open.filter(({ scope }) => countsWork(scope, work));
  return counted.length === 0
    ? []
    : await withAncestors(
        queries,
        counted.map(({ id }) => id),
      );
}

/** The open ones of these budgets. */
export async function budgetsById(queries: Queries, ids: readonly string[]): Promise<BudgetRow[]> {
  if (ids.length === 0) return [];
  const rows = await queries
    .select()
    .from(budget)
    .where(and(inArray(budget.id, [...ids]), isNull(budget.closedAt)))
    .orderBy(asc(budget.id));
  return rows.map(budgetOf);
}

export type BudgetState = {
  readonly budget: BudgetRow;
  readonly movements: readonly Movement[];
  /** Hours of the running period, oldest first. */
  readonly hours: readonly BudgetHour[];
  readonly amount: bigint;
  readonly actual: bigint;
  readonly held: bigint;
  /** Of the last minute's status; null before the first. */
  readonly expected: bigint | null;
  /** End of the running period; null for a rolling budget. */
  readonly toAt: Date | null;
};

/** Where budgets stand at an instant, read from the ledger and the reservations themselves. */
export async function budgetStates(
  queries: Queries,
  budgets: readonly BudgetRow[],
  now: Date,
): Promise<BudgetState[]> {
  const ids = budgets.map(({ id }) => id);
  const [movements, held, expected] = [
    await budgetMovements(queries, ids),
    await budgetHeld(queries, ids),
    await expectedOf(queries, ids),
  ];
  const states: BudgetState[] = [];
  const to = new Date(now.getTime() + 1);
  const periods = budgets.map((row) => ({ row, ...periodAt(row.period, now) }));
  const [earliest] = periods
    .map(({ fromAt }) => fromAt)
    .toSorted((left, right) => left.getTime() - right.getTime());
  // Once for all of them: this is read while starts are locked out.
  const open = earliest === undefined ? [] : await openRows(queries, { from: earliest, to });
  for (const { row, fromAt, toAt } of periods) {
    const hours = await budgetSpend(queries, row, { from: fromAt, to, open });
    const own = movements.get(row.id) ?? [];
    states.push({
      budget: row,
      movements: own,
      hours,
      amount: amountAt(own, now),
      actual: hours.reduce((sum, { amount }) => sum + amount, 0n),
      held: held.get(row.id) ?? 0n,
      expected: expected.get(row.id) ?? null,
      toAt,
    });
  }
  return states;
}

async function expectedOf(queries: Queries, ids: readonly string[]): Promise<Map<string, bigint>> {
  if (ids.length === 0) return new Map();
  const rows = await queries
    .select({ id: budget.id, status: budget.status })
    .from(budget)
    .where(inArray(budget.id, [...ids]));
  return new Map(
    rows.flatMap(({ id, status }) =>
      status === null ? [] : [[id, budgetStatusSchema.parse(status).expected] as const],
    ),
  );
}
