import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { budgetFreeze } from '../../../db/schema/budgets.ts';
import { environment } from '../../../db/schema/environments.ts';
import type { BudgetStatus } from '../../../domain/budget/status.ts';
import { asksFreeze } from '../../../domain/freeze/freeze.ts';
import { endFreezes } from '../../budget-freeze.ts';
import { newId } from '../../id.ts';
import type { When } from '../../notice.ts';
import type { BudgetRow } from '../../rows/budget-rows.ts';

type Looked = { readonly budget: BudgetRow; readonly status: BudgetStatus };

/**
 * Asks for a freeze of every environment that a budget counts once all of it is spent, and ends what was asked for once
 * something is left. Whether it can be done is for the holder of the cluster to find out.
 */
export async function followFreezes(tx: Transaction, { budget, status }: Looked, when: When): Promise<void> {
  const open = await tx
    .select({ environmentId: budgetFreeze.environmentId })
    .from(budgetFreeze)
    .where(and(eq(budgetFreeze.budgetId, budget.id), isNull(budgetFreeze.endedAt)));
  const { level, period } = budget;
  const figures = { ...status, level, rolling: period.kind === 'rolling', asked: open.length > 0 };
  if (!asksFreeze(figures)) {
    if (open.length > 0)
      await endFreezes(tx, budget, {
        ...when,
        why: `the budget ${budget.name} ${level < 3 ? 'does not freeze any more' : 'has something left again'}`,
      });
    return;
  }
  const asked = new Set(open.map(({ environmentId }) => environmentId));
  const missing = (await countedEnvironments(tx, budget)).filter(({ id }) => !asked.has(id));
  if (missing.length === 0) return;
  const { now } = when;
  await tx.insert(budgetFreeze).values(
    missing.map(({ id: environmentId, projectId }) => ({
      id: newId(),
      budgetId: budget.id,
      projectId,
      environmentId,
      askedAt: now,
      stateAt: now,
    })),
  );
}

async function countedEnvironments(tx: Transaction, { scope }: BudgetRow) {
  const { projectId, environmentId } = scope;
  return await tx
    .select({ id: environment.id, projectId: environment.projectId })
    .from(environment)
    .where(
      and(
        projectId === null ? sql`true` : eq(environment.projectId, projectId),
        environmentId === null ? sql`true` : eq(environment.id, environmentId),
      ),
    )
    .orderBy(asc(environment.id));
}
