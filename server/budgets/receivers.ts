import { and, asc, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { project } from '../../db/schema/identity.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { withAncestors } from '../rows/budget-rows.ts';
import { onlyRow } from '../rows/row-project.ts';
import { budgetProject } from './lock.ts';

const most = 200;

/**
 * Open budgets to which a part of this one may be given, by name: those of the project, and all that stand under a budget
 * under which this one stands. Of those of others it tells only their names.
 */
export const transferReceivers = query(
  { permission: 'budgets.receivers', schema: z.object({ budgetId: idSchema }), project: budgetProject },
  async ({ db, input, projectId }) => {
    const giver = onlyRow(await db.select().from(budget).where(eq(budget.id, input.budgetId)));
    const below = await underTheSame(db, giver.parentId);
    const rows = await db
      .select({ id: budget.id, name: budget.name, projectId: budget.projectId, project: project.name })
      .from(budget)
      .leftJoin(project, eq(project.id, budget.projectId))
      .where(
        and(
          isNull(budget.closedAt),
          ne(budget.id, giver.id),
          eq(budget.unit, giver.unit),
          or(eq(budget.projectId, projectId), below.length === 0 ? sql`false` : inArray(budget.id, below)),
        ),
      )
      .orderBy(asc(budget.name), asc(budget.id))
      .limit(most);
    return rows.map(({ id, name, projectId: owner, project: of }) => ({
      id,
      name,
      /** Null for one of the same project. */
      project: owner === projectId ? null : (of ?? 'the instance'),
    }));
  },
);

/** The budgets above, and everything that stands under any of them. */
async function underTheSame(db: Queries, parentId: string | null): Promise<string[]> {
  if (parentId === null) return [];
  const above = await withAncestors(db, [parentId]);
  const { rows } = await db.execute<{ id: string }>(sql`
    with recursive below as (
      select id from budget where id = any(${sql.param(above)}::uuid[])
      union
      select child.id from budget child join below on child.parent_id = below.id
    ) select id from below`);
  return rows.map(({ id }) => id);
}
