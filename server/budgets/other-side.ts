import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { budget, budgetRequest } from '../../db/schema/budgets.ts';
import { budgetStatusSchema } from '../../domain/budget/status-schema.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { budgetMovements, budgetOf } from '../rows/budget-rows.ts';
import { notFound, onlyRow } from '../rows/row-project.ts';
import { budgetProject } from './lock.ts';
import { spentHours } from './series.ts';

const living: readonly (typeof budgetRequest.$inferSelect)['state'][] = ['open', 'approved'];

/**
 * The burn-down of the budget on the other side of a transfer, for those who sign on this one, and only as long as the
 * transfer lives. Who spends it is not told.
 */
export const transferOtherSide = query(
  {
    permission: 'budgets.otherSide',
    schema: z.object({ requestId: idSchema, budgetId: idSchema }),
    project: budgetProject,
  },
  async ({ db, input, ctx }) => {
    const now = await ctx.clock(db);
    const request = onlyRow(
      await db.select().from(budgetRequest).where(eq(budgetRequest.id, input.requestId)),
    );
    const sides = [request.budgetId, request.toBudgetId];
    const otherId = sides.find((id) => id !== null && id !== input.budgetId) ?? null;
    const lives = living.includes(request.state) && request.untilAt > now;
    if (!sides.includes(input.budgetId) || otherId === null || !lives) throw notFound();
    const row = onlyRow(await db.select().from(budget).where(eq(budget.id, otherId)));
    const { name, unit, settings, ...found } = budgetOf(row);
    const movements = (await budgetMovements(db, [otherId])).get(otherId) ?? [];
    const status = row.status === null ? null : budgetStatusSchema.parse(row.status);
    return {
      budget: { name, unit, settings, status },
      movements: movements.map(({ kind, amount, fromAt, toAt }) => ({ kind, amount, fromAt, toAt })),
      series: { ...(await spentHours(db, { name, unit, settings, ...found }, now)), rollouts: [] },
    };
  },
);
