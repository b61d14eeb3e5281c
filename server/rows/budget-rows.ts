import { and, asc, inArray, isNull, sql } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { budget, budgetMovement, budgetReservation } from '../../db/schema/budgets.ts';
import { retrainHold } from '../../db/schema/retrains.ts';
import { amountAt, type Movement } from '../../domain/budget/amount.ts';
import {
  budgetPeriodSchema,
  budgetScopeSchema,
  budgetSettingsSchema,
} from '../../domain/budget/budget-schema.ts';

/** A budget as the rules take it: its JSON columns parsed, its status left out. */
export function budgetOf(row: typeof budget.$inferSelect) {
  const { status: _status, statusAt: _statusAt, ...intent } = row;
  return {
    ...intent,
    scope: budgetScopeSchema.parse(row.scope),
    period: budgetPeriodSchema.parse(row.period),
    settings: budgetSettingsSchema.parse(row.settings),
  };
}
export type BudgetRow = ReturnType<typeof budgetOf>;

/** Locks budgets in the order of their ids, so that two who lock the same never wait for each other; missing ones are left out. */
export async function lockBudgets(tx: Transaction, ids: Iterable<string>): Promise<BudgetRow[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return [];
  const rows = await tx
    .select()
    .from(budget)
    .where(inArray(budget.id, wanted))
    .orderBy(asc(budget.id))
    .for('update');
  return rows.map(budgetOf);
}

/** The budgets and all that stand above them, without locking; ends also where parents were made to run in a circle. */
export async function withAncestors(queries: Queries, ids: Iterable<string>): Promise<string[]> {
  const { rows } = await queries.execute<{ id: string }>(sql`
    with recursive chain as (
      select id, parent_id from budget where id = any(${sql.param([...ids])}::uuid[])
      union
      select parent.id, parent.parent_id from budget parent join chain on parent.id = chain.parent_id
    ) select id from chain order by id`);
  return rows.map(({ id }) => id);
}

/** Movements by budget, oldest first. */
export async function budgetMovements(
  queries: Queries,
  ids: readonly string[],
): Promise<Map<string, (Movement & { id: string })[]>> {
  const byBudget = new Map<string, (Movement & { id: string })[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return byBudget;
  const rows = await queries
    .select()
    .from(budgetMovement)
    .where(inArray(budgetMovement.budgetId, [...ids]))
    .orderBy(asc(budgetMovement.fromAt), asc(budgetMovement.id));
  for (const { budgetId, id, kind, amount, fromAt, toAt } of rows)
    byBudget.get(budgetId)?.push({ id, kind, amount: BigInt(amount), fromAt, toAt });
  return byBudget;
}

/** What each budget's movements in force come to; 0n for one without any. */
export async function budgetAmounts(
  queries: Queries,
  ids: readonly string[],
  now: Date,
): Promise<Map<string, bigint>> {
  const movements = await budgetMovements(queries, ids);
  return new Map([...movements].map(([id, rows]) => [id, amountAt(rows, now)]));
}

/** What running rollouts hold of each budget, which may be 0n. */
export async function budgetHeld(queries: Queries, ids: readonly string[]): Promise<Map<string, bigint>> {
  const held = new Map(ids.map((id) => [id, 0n]));
  if (ids.length === 0) return held;
  const rows = await queries
    .select({ id: budgetReservation.budgetId, held: sql<string>`sum(${budgetReservation.held})` })
    .from(budgetReservation)
    .where(and(inArray(budgetReservation.budgetId, [...ids]), isNull(budgetReservation.endedAt)))
    .groupBy(budgetReservation.budgetId);
  for (const row of rows) if (row.id !== null) held.set(row.id, BigInt(row.held));
  const trainings = await queries
    .select({ id: retrainHold.budgetId, held: sql<string>`sum(${retrainHold.held})` })
    .from(retrainHold)
    .where(and(inArray(retrainHold.budgetId, [...ids]), isNull(retrainHold.endedAt)))
    .groupBy(retrainHold.budgetId);
  for (const row of trainings) held.set(row.id, (held.get(row.id) ?? 0n) + BigInt(row.held));
  return held;
}

/** Budgets that are open, of these projects and of the instance. */
export async function openBudgets(queries: Queries, projectIds: readonly string[]): Promise<BudgetRow[]> {
  const rows = await queries
    .select()
    .from(budget)
    .where(
      and(
        isNull(budget.closedAt),
        sql`(${budget.projectId} is null or ${budget.projectId} = any(${sql.param([...projectIds])}::uuid[]))`,
      ),
    )
    .orderBy(asc(budget.id));
  return rows.map(budgetOf);
}
