import { and, asc, eq, gte, isNull, or, type SQL } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { budget, budgetReservation } from '../../db/schema/budgets.ts';
import { project } from '../../db/schema/identity.ts';
import { modelVersion } from '../../db/schema/models.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import type { BudgetScope } from '../../domain/budget/budget-schema.ts';
import { periodAt } from '../../domain/budget/period.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { type BudgetRow, budgetOf } from '../rows/budget-rows.ts';
import { budgetSpend } from '../rows/budget-spend.ts';
import { notFound, onlyRow } from '../rows/row-project.ts';
import { budgetProject } from './lock.ts';

const schema = z.object({ budgetId: idSchema });
const mostRollouts = 100;

/** Spending of the running period by hour, the rollouts that began in it, and who holds what. */
export const budgetSeries = query(
  { permission: 'budgets.series', schema, project: budgetProject },
  async ({ db, input, ctx }) => await seriesOf(db, input.budgetId, await ctx.clock(db)),
);

/** The same of a budget of the instance. */
export const instanceBudgetSeries = query(
  { permission: 'instanceBudgets.series', schema, project: 'instance' },
  async ({ db, input, ctx }) => {
    const rows = await db
      .select({ projectId: budget.projectId })
      .from(budget)
      .where(eq(budget.id, input.budgetId));
    if (onlyRow(rows).projectId !== null) throw notFound();
    return await seriesOf(db, input.budgetId, await ctx.clock(db));
  },
);

async function seriesOf(db: Queries, budgetId: string, now: Date) {
  const found = budgetOf(onlyRow(await db.select().from(budget).where(eq(budget.id, budgetId))));
  const spent = await spentHours(db, found, now);
  return {
    ...spent,
    rollouts: await rolloutsOf(db, found.scope, spent.fromAt),
    holders: await holdersOf(db, budgetId),
  };
}

/** What a budget's running period took hour by hour. */
export async function spentHours(db: Queries, row: BudgetRow, now: Date) {
  const { fromAt, toAt } = periodAt(row.period, now);
  const hours = await budgetSpend(db, row, { from: fromAt, to: new Date(now.getTime() + 1) });
  return { now, fromAt, toAt, hours: hours.map(({ hourAt, amount }) => ({ hourAt, amount })) };
}

/** Rollouts of the scope that ran in the period, oldest first. */
async function rolloutsOf(db: Queries, scope: BudgetScope, fromAt: Date) {
  const { projectId, environmentId, modelId } = scope;
  const conditions: (SQL | undefined)[] = [
    or(gte(rollout.startedAt, fromAt), isNull(rollout.endedAt)),
    projectId === null ? undefined : eq(rollout.projectId, projectId),
    environmentId === null ? undefined : eq(service.environmentId, environmentId),
    modelId === null ? undefined : eq(modelVersion.modelId, modelId),
  ];
  return await db
    .select({ id: rollout.id, startedAt: rollout.startedAt, service: service.name })
    .from(rollout)
    .innerJoin(service, eq(service.id, rollout.serviceId))
    .innerJoin(serviceRevision, eq(serviceRevision.id, rollout.toRevisionId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .where(and(...conditions))
    .orderBy(asc(rollout.startedAt))
    .limit(mostRollouts);
}

/** Running rollouts that hold something, the largest first. */
async function holdersOf(db: Queries, budgetId: string) {
  const rows = await db
    .select({
      rolloutId: budgetReservation.rolloutId,
      held: budgetReservation.held,
      since: budgetReservation.createdAt,
      project: project.name,
      service: service.name,
    })
    .from(budgetReservation)
    .innerJoin(rollout, eq(rollout.id, budgetReservation.rolloutId))
    .innerJoin(service, eq(service.id, rollout.serviceId))
    .innerJoin(project, eq(project.id, budgetReservation.projectId))
    .where(and(eq(budgetReservation.budgetId, budgetId), isNull(budgetReservation.endedAt)));
  return rows
    .map((row) => ({ ...row, held: BigInt(row.held) }))
    .sort((left, right) => (left.held < right.held ? 1 : -1));
}
