import { and, asc, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import * as z from 'zod';
import { budget } from '../../db/schema/budgets.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { withAncestors } from '../rows/budget-rows.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { budgetViews, figuresOf } from './view.ts';

const most = 500;

/**
 * Open budgets of the project by name, and of those of the instance that count it too or stand above, the figures that
 * members may see.
 */
export const listBudgets = query(
  {
    permission: 'budgets.list',
    schema: z.object({ projectId: idSchema, closed: z.boolean().default(false) }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId, principal, ctx }) => {
    const now = await ctx.clock(db);
    const state = input.closed ? sql`true` : isNull(budget.closedAt);
    const own = await db
      .select()
      .from(budget)
      .where(and(eq(budget.projectId, projectId), state))
      .orderBy(asc(budget.name))
      .limit(most);
    const chain = await withAncestors(
      db,
      own.map(({ id }) => id),
    );
    const counted = sql`coalesce(${budget.scope} ->> 'projectId', ${projectId}) = ${projectId}`;
    const above = await db
      .select()
      .from(budget)
      .where(
        and(
          isNull(budget.projectId),
          isNull(budget.closedAt),
          or(counted, chain.length === 0 ? sql`false` : inArray(budget.id, chain)),
        ),
      )
      .orderBy(asc(budget.name))
      .limit(most);
    return {
      budgets: await budgetViews(db, own, now),
      above: await figuresOf(db, above, now),
      currency: await currencyOf(db),
      refusals: { create: viewerRefusal({ principal, projectId }, 'budgets.create') },
    };
  },
);

/** Open budgets of the instance by name, for those who keep them. */
export const listInstanceBudgets = query(
  {
    permission: 'instanceBudgets.list',
    schema: z.object({ closed: z.boolean().default(false) }),
    project: 'instance',
  },
  async ({ db, input, ctx }) => {
    const now = await ctx.clock(db);
    const state = input.closed ? sql`true` : isNull(budget.closedAt);
    const rows = await db
      .select()
      .from(budget)
      .where(and(isNull(budget.projectId), state))
      .orderBy(asc(budget.name))
      .limit(most);
    return { budgets: await budgetViews(db, rows, now), currency: await currencyOf(db) };
  },
);
