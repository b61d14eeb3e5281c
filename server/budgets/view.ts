import { inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import { environment } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import { model } from '../../db/schema/models.ts';
import { availableOf } from '../../domain/budget/status.ts';
import { budgetStatusSchema } from '../../domain/budget/status-schema.ts';
import { budgetAmounts, budgetHeld, budgetOf } from '../rows/budget-rows.ts';

type Row = typeof budget.$inferSelect;

/** What members see of a budget above theirs, and nothing more of it; actual is null until the worker first looked. */
export type BudgetFigures = {
  readonly id: string;
  readonly name: string;
  readonly unit: Row['unit'];
  readonly amount: bigint;
  readonly held: bigint;
  readonly actual: bigint | null;
  readonly available: bigint | null;
};

/** Figures of budgets as they stand now; actual is as of their last evaluation. */
export async function figuresOf(db: Queries, rows: readonly Row[], now: Date): Promise<BudgetFigures[]> {
  const ids = rows.map(({ id }) => id);
  const [amounts, held] = [await budgetAmounts(db, ids, now), await budgetHeld(db, ids)];
  return rows.map(({ id, name, unit, status }) => {
    const actual = status === null ? null : budgetStatusSchema.parse(status).actual;
    const known = { amount: amounts.get(id) ?? 0n, held: held.get(id) ?? 0n };
    const available = actual === null ? null : availableOf({ ...known, actual });
    return { id, name, unit, ...known, actual, available };
  });
}

/** Budgets as their owners see them, with the names of what they count. */
export async function budgetViews(db: Queries, rows: readonly Row[], now: Date) {
  const parsed = rows.map((row) => ({
    ...budgetOf(row),
    status: row.status === null ? null : budgetStatusSchema.parse(row.status),
    statusAt: row.statusAt,
  }));
  const figures = new Map((await figuresOf(db, rows, now)).map((found) => [found.id, found]));
  const scopes = parsed.map(({ scope }) => scope);
  const [projects, environments, models] = [
    await namesOf(
      db,
      project,
      scopes.map(({ projectId }) => projectId),
    ),
    await namesOf(
      db,
      environment,
      scopes.map(({ environmentId }) => environmentId),
    ),
    await namesOf(
      db,
      model,
      scopes.map(({ modelId }) => modelId),
    ),
  ];
  return parsed.map((row) => {
    const { projectId, environmentId, modelId, gpuProduct } = row.scope;
    const { amount = 0n, held = 0n, actual = null, available = null } = figures.get(row.id) ?? {};
    return {
      ...row,
      amount,
      held,
      actual,
      available,
      counts: {
        project: projectId === null ? null : (projects.get(projectId) ?? null),
        environment: environmentId === null ? null : (environments.get(environmentId) ?? null),
        model: modelId === null ? null : (models.get(modelId) ?? null),
        gpuProduct,
      },
    };
  });
}

async function namesOf(
  db: Queries,
  table: typeof project | typeof environment | typeof model,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  if (wanted.length === 0) return new Map();
  const rows = await db
    .select({ id: table.id, name: table.name })
    .from(table)
    .where(inArray(table.id, wanted));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
