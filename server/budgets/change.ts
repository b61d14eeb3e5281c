import { and, eq, isNull } from 'drizzle-orm';
import { postgresError, type Transaction } from '../../db/client.ts';
import { budget, budgetMovement } from '../../db/schema/budgets.ts';
import { amountAt, baseMovements } from '../../domain/budget/amount.ts';
import { periodAfter, periodAt } from '../../domain/budget/period.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { AuditDraft } from '../audit/append.ts';
import { endFreezes } from '../budget-freeze.ts';
import type { CommandRun } from '../command.ts';
import { newId } from '../id.ts';
import { type BudgetRow, budgetMovements } from '../rows/budget-rows.ts';
import type { CloseInput, CreateInput, SetBaseInput, UpdateInput } from './input.ts';
import { lockBudget, refuseForeignScope, refuseOtherCurrency, refuseParent, refuseSpent } from './lock.ts';

type Done = { result: { budgetId: string }; audit: [AuditDraft] };

const objectOf = ({ id, name }: { id: string; name: string }) => ({ kind: 'budget' as const, id, name });

function refuseTakenName(name: string) {
  return (error: unknown): never => {
    if (postgresError(error)?.constraint !== 'budget_name') throw error;
    throw new DomainError({
      code: 'nameTaken',
      message: `There is a budget "${name}" already; closed ones keep their names.`,
      params: { field: 'name' },
    });
  };
}

/** Creates a budget with its amount, which counts from the begin of the running period on. */
export async function createdBudget(
  { tx, input, principal, now }: CommandRun<CreateInput>,
  projectId: string | null,
): Promise<Done> {
  const { name, parentId, scope, unit, period, settings, level, amount } = input;
  const id = newId();
  await refuseOtherCurrency(tx, input);
  await refuseForeignScope(tx, scope, projectId);
  await refuseParent(tx, { id, name, projectId, parentId, scope, unit, closedAt: null });
  await refuseSpent(tx, { scope, unit, settings, period }, { amount: BigInt(amount), now });
  const by = { createdAt: now, createdBy: principal.id };
  await tx
    .insert(budget)
    .values({ id, projectId, name, parentId, scope, unit, period, settings, level, ...by })
    .catch(refuseTakenName(name));
  const { fromAt } = periodAt(period, now);
  await tx.insert(budgetMovement).values({ id: newId(), budgetId: id, kind: 'base', amount, fromAt, ...by });
  const after = { parentId, scope, unit, period, settings, level, amount };
  return {
    result: { budgetId: id },
    audit: [{ object: objectOf({ id, name }), sentence: `created the budget ${name}`, after }],
  };
}

/** Changes what is given. What a budget counts, in which unit and period, stays: its past would no longer be its own. */
export async function updatedBudget(
  { tx, input }: CommandRun<UpdateInput>,
  projectId: string | null,
): Promise<Done> {
  const row = await lockBudget(tx, input.budgetId, projectId);
  if (input.seenGeneration !== undefined && input.seenGeneration !== row.generation)
    throw new DomainError({
      code: 'conflict',
      message: 'Somebody changed this budget while you were editing it.',
      fix: 'Reload the page and make your change again.',
    });
  const { id } = row;
  const name = input.name ?? row.name;
  const after = {
    name,
    parentId: input.parentId === undefined ? row.parentId : input.parentId,
    settings: input.settings ?? row.settings,
    level: input.level ?? row.level,
  };
  if (after.parentId !== row.parentId) await refuseParent(tx, { ...row, ...after });
  await tx
    .update(budget)
    .set({ ...after, generation: row.generation + 1 })
    .where(eq(budget.id, id))
    .catch(refuseTakenName(name));
  return {
    result: { budgetId: id },
    audit: [
      {
        object: objectOf({ id, name }),
        sentence: `changed the budget ${name}`,
        before: { name: row.name, parentId: row.parentId, settings: row.settings, level: row.level },
        after,
      },
    ],
  };
}

/** Sets the base amount from now or from the next period on; changes that were planned for later are taken back. */
export async function setBudgetBase(
  { tx, input, principal, now }: CommandRun<SetBaseInput>,
  projectId: string | null,
): Promise<Done> {
  const row = await lockBudget(tx, input.budgetId, projectId);
  const { id, name } = row;
  const fromAt = input.from === 'now' ? now : nextPeriodOf(row, now);
  const movements = (await budgetMovements(tx, [id])).get(id) ?? [];
  const changes = baseMovements(movements, { amount: BigInt(input.amount), fromAt });
  if (changes.length === 0)
    throw new DomainError({ code: 'conflict', message: 'The budget has exactly this amount already.' });
  if (input.from === 'now') {
    const amount = changes.reduce(
      (total, change) => (change.fromAt <= now ? total + change.amount : total),
      amountAt(movements, now),
    );
    await refuseSpent(tx, row, { amount, now });
  }
  await tx.insert(budgetMovement).values(
    changes.map((change) => ({
      id: newId(),
      budgetId: id,
      kind: 'base' as const,
      amount: change.amount.toString(),
      fromAt: change.fromAt,
      reason: input.reason,
      createdAt: now,
      createdBy: principal.id,
    })),
  );
  await bumpGeneration(tx, row);
  return {
    result: { budgetId: id },
    audit: [
      {
        object: objectOf(row),
        sentence: `set the amount of the budget ${name} ${input.from === 'now' ? 'from now on' : 'from its next period on'}`,
        after: { amount: input.amount, fromAt },
        comment: input.reason === '' ? undefined : input.reason,
      },
    ],
  };
}

function nextPeriodOf({ period, name }: BudgetRow, now: Date): Date {
  const next = periodAfter(period, now);
  if (next !== null) return next.fromAt;
  throw new DomainError({
    code: 'invalidInput',
    message: `"${name}" counts the last days without end, so it has no next period.`,
    params: { field: 'from' },
    fix: 'Set the amount from now on.',
  });
}

async function bumpGeneration(tx: Transaction, { id, generation }: BudgetRow): Promise<void> {
  await tx
    .update(budget)
    .set({ generation: generation + 1 })
    .where(eq(budget.id, id));
}

/** Ends a budget: it counts against no start any more; its past stays to be read. */
export async function closedBudget(
  { tx, input, now }: CommandRun<CloseInput>,
  projectId: string | null,
): Promise<Done> {
  const row = await lockBudget(tx, input.budgetId, projectId);
  const { id, name, generation } = row;
  const [child] = await tx
    .select({ name: budget.name })
    .from(budget)
    .where(and(eq(budget.parentId, id), isNull(budget.closedAt)));
  if (child !== undefined)
    throw new DomainError({
      code: 'wrongState',
      message: `The budget "${child.name}" still stands under this one.`,
      fix: 'Close it first, or give it another parent.',
    });
  await endFreezes(tx, row, { why: `the budget ${name} was closed`, now, origin: 'live' });
  await tx
    .update(budget)
    .set({ closedAt: now, generation: generation + 1 })
    .where(eq(budget.id, id));
  return {
    result: { budgetId: id },
    audit: [
      {
        object: objectOf(row),
        sentence: `closed the budget ${name}`,
        before: { closedAt: null },
        after: { closedAt: now },
        comment: input.reason === '' ? undefined : input.reason,
      },
    ],
  };
}
