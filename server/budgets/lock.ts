import { eq, inArray, sql } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { environment } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import { model } from '../../db/schema/models.ts';
import { instanceCurrency } from '../../db/schema/prices.ts';
import type { BudgetScope, BudgetUnit } from '../../domain/budget/budget-schema.ts';
import { amountText } from '../../domain/budget/budget-words.ts';
import { type Placed, parentRefusal } from '../../domain/budget/parent.ts';
import { periodAt } from '../../domain/budget/period.ts';
import { availableOf } from '../../domain/budget/status.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import {
  type BudgetRow,
  budgetAmounts,
  budgetHeld,
  budgetOf,
  lockBudgets,
  withAncestors,
} from '../rows/budget-rows.ts';
import { budgetActual, type Counting } from '../rows/budget-spend.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { notFound, onlyRow } from '../rows/row-project.ts';

/** Project of a budget; throws notFound for one of the instance too, which project roles do not reach. */
export async function budgetProject(queries: Queries, { budgetId }: { budgetId: string }): Promise<string> {
  const rows = await queries
    .select({ projectId: budget.projectId })
    .from(budget)
    .where(eq(budget.id, budgetId));
  const { projectId } = onlyRow(rows);
  if (projectId === null) throw notFound();
  return projectId;
}

/**
 * The project in which more of a budget is asked for: its own, or for one of the instance the project that the input names,
 * which the budget counts or stands above; throws notFound for any other.
 */
export async function askingProject(
  queries: Queries,
  { budgetId, projectId }: { budgetId: string; projectId?: string | undefined },
): Promise<string> {
  if (projectId === undefined) return await budgetProject(queries, { budgetId });
  const { rows } = await queries.execute(sql`
    select from ${budget} where id = ${budgetId} and project_id is null
      and coalesce(scope ->> 'projectId', ${projectId}) = ${projectId}`);
  if (rows.length === 0) throw notFound();
  return projectId;
}

/** The budget, locked, as its owner may change it (null: the instance); throws notFound, or wrongState when it is closed. */
export async function lockBudget(
  tx: Transaction,
  budgetId: string,
  projectId: string | null,
): Promise<BudgetRow> {
  const found = onlyRow(await lockBudgets(tx, [budgetId]));
  if (found.projectId !== projectId) throw notFound();
  if (found.closedAt !== null)
    throw new DomainError({
      code: 'wrongState',
      message: `The budget "${found.name}" is closed.`,
      fix: 'Create a new one.',
    });
  return found;
}

/** Refuses a parent under which the child cannot stand; both and all above are locked, so that no circle is made meanwhile. */
export async function refuseParent(tx: Transaction, child: Placed): Promise<void> {
  const { parentId } = child;
  if (parentId === null) return;
  await lockBudgets(tx, [child.id, ...(await withAncestors(tx, [parentId]))]);
  const above = await tx
    .select()
    .from(budget)
    .where(inArray(budget.id, await withAncestors(tx, [parentId])));
  const parent = above.find(({ id }) => id === parentId);
  if (parent === undefined || (parent.projectId !== null && parent.projectId !== child.projectId))
    throw notFound();
  refuse(parentRefusal(child, budgetOf(parent), above.map(budgetOf)));
}

/** Refuses to count what is not there, or not the owner's. */
export async function refuseForeignScope(
  tx: Transaction,
  scope: BudgetScope,
  projectId: string | null,
): Promise<void> {
  if (projectId !== null && scope.projectId !== projectId)
    throw new DomainError({
      code: 'invalidInput',
      message: 'A budget of a project counts this project alone; only budgets of the instance span projects.',
      params: { field: 'scope' },
    });
  if (scope.projectId === null) return;
  onlyRow(await tx.select({ id: project.id }).from(project).where(eq(project.id, scope.projectId)));
  for (const [table, id] of [
    [environment, scope.environmentId],
    [model, scope.modelId],
  ] as const) {
    if (id === null) continue;
    const row = onlyRow(await tx.select({ projectId: table.projectId }).from(table).where(eq(table.id, id)));
    if (row.projectId !== scope.projectId) throw notFound();
  }
}

/** Refuses an amount in another currency than the prices, or in one while none is set. */
export async function refuseOtherCurrency(
  tx: Transaction,
  { unit, currency }: { unit: BudgetUnit; currency: string | null },
): Promise<void> {
  const no = (message: string, fix: string) =>
    new DomainError({ code: 'invalidInput', message, params: { field: 'currency' }, fix });
  if (unit === 'gpuHours') {
    if (currency === null) return;
    throw no('GPU-hours have no currency.', 'Leave the currency out, or count money.');
  }
  const [known] = await tx.select().from(instanceCurrency);
  if (known === undefined)
    throw no(
      'No currency is set yet, so nothing has a price.',
      'An instance admin sets the currency with the first price; GPU-hours need none.',
    );
  if (currency !== known.currency)
    throw no(
      `All prices here are in ${known.currency}, so a budget in ${currency ?? 'no currency'} would compare with nothing.`,
      `Give the amount in ${known.currency}.`,
    );
}

/** Refuses an amount that of which more is spent already in the running period. */
export async function refuseSpent(
  tx: Transaction,
  counting: Counting & Pick<BudgetRow, 'period'>,
  { amount, now }: { amount: bigint; now: Date },
): Promise<void> {
  const { fromAt } = periodAt(counting.period, now);
  const actual = await budgetActual(tx, counting, { fromAt, now });
  if (actual <= amount) return;
  const measure = { unit: counting.unit, currency: await currencyOf(tx) };
  throw new DomainError({
    code: 'invalidInput',
    message: `${amountText(actual, measure)} are spent in this period already, more than ${amountText(amount, measure)}.`,
    params: { field: 'amount', actual: actual.toString() },
    fix:
      counting.period.kind === 'calendar'
        ? 'Give at least what is spent, or let a lower amount begin with the next period.'
        : 'Give at least what is spent.',
  });
}

/** Refuses to give away what is spent or held already. */
export async function refuseGivenAway(
  tx: Transaction,
  giver: BudgetRow,
  { amount, now }: { amount: bigint; now: Date },
): Promise<void> {
  const { fromAt } = periodAt(giver.period, now);
  const figures = {
    amount: (await budgetAmounts(tx, [giver.id], now)).get(giver.id) ?? 0n,
    actual: await budgetActual(tx, giver, { fromAt, now }),
    held: (await budgetHeld(tx, [giver.id])).get(giver.id) ?? 0n,
  };
  const left = availableOf(figures);
  if (left >= amount) return;
  const measure = { unit: giver.unit, currency: await currencyOf(tx) };
  throw new DomainError({
    code: 'invalidInput',
    message: `Only ${amountText(left > 0n ? left : 0n, measure)} of the budget "${giver.name}" are neither spent nor held, less than ${amountText(amount, measure)}.`,
    params: { field: 'amount' },
    fix: 'Give less, or wait until a rollout has given back what it holds.',
  });
}
