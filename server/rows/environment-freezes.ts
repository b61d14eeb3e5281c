import { and, asc, eq, isNull, ne, or } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { budget, budgetFreeze } from '../../db/schema/budgets.ts';
import { environment } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import type { FrozenBy } from '../../domain/freeze/freeze-blocker.ts';

/** Budgets for which an environment is frozen now, oldest first. */
export async function frozenBy(queries: Queries, environmentId: string): Promise<FrozenBy[]> {
  return await queries
    .select({ budgetId: budget.id, budgetName: budget.name, budgetProjectId: budget.projectId })
    .from(budgetFreeze)
    .innerJoin(budget, eq(budget.id, budgetFreeze.budgetId))
    .where(
      and(
        eq(budgetFreeze.environmentId, environmentId),
        eq(budgetFreeze.state, 'frozen'),
        isNull(budgetFreeze.endedAt),
      ),
    )
    .orderBy(asc(budgetFreeze.id));
}

/** What of freezes is not over in an environment: open ones, and ended ones whose quota may still be there. */
export async function unfinishedFreezes(queries: Queries, environmentId: string) {
  return await queries
    .select({ freeze: budgetFreeze, budget })
    .from(budgetFreeze)
    .innerJoin(budget, eq(budget.id, budgetFreeze.budgetId))
    .where(
      and(
        eq(budgetFreeze.environmentId, environmentId),
        or(isNull(budgetFreeze.endedAt), eq(budgetFreeze.quotaWritten, true)),
      ),
    )
    .orderBy(asc(budgetFreeze.id));
}
export type UnfinishedFreeze = Awaited<ReturnType<typeof unfinishedFreezes>>[number];

const reasonsSchema = z.array(z.string());

/** Where a budget asks that nothing grows, and what came of it; environments that nobody has looked at yet are left out. */
export async function budgetFreezes(queries: Queries, budgetId: string) {
  const rows = await queries
    .select({ freeze: budgetFreeze, environment: environment.name, project: project.name })
    .from(budgetFreeze)
    .innerJoin(environment, eq(environment.id, budgetFreeze.environmentId))
    .innerJoin(project, eq(project.id, budgetFreeze.projectId))
    .where(
      and(eq(budgetFreeze.budgetId, budgetId), isNull(budgetFreeze.endedAt), ne(budgetFreeze.state, 'asked')),
    )
    .orderBy(asc(project.name), asc(environment.name));
  return rows.map(({ freeze, ...names }) => ({
    id: freeze.id,
    ...names,
    isFrozen: freeze.state === 'frozen',
    since: freeze.stateAt,
    reasons: reasonsSchema.parse(freeze.reasons),
    proposal: freeze.proposal,
  }));
}
