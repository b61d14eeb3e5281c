import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { budget, budgetMovement, budgetReservation } from '../../db/schema/budgets.ts';
import { promotion } from '../../db/schema/promotions.ts';
import type { BudgetScope } from '../../domain/budget/budget-schema.ts';
import { usualSettings } from '../../domain/budget/budget-schema.ts';
import { newId } from '../id.ts';
import { onlyRow } from '../rows/row-project.ts';
import type { Lease } from './lease.ts';
import type { ReconcilerWorld } from './reconciler-fixture.ts';
import { type StartOutcome, startRollout } from './start-rollout.ts';

const gpuHour = 3_600_000n;

type Made = {
  /** In GPU-hours, or nano of the currency. */
  readonly amount: number;
  readonly unit?: 'gpuHours' | 'currency';
  readonly scope?: Partial<BudgetScope>;
  readonly parentId?: string;
  readonly level?: number;
};

/** For tests: a budget over a month, of the instance unless its scope names a project. */
export async function makeBudget(db: Database, by: ReconcilerWorld, made: Made): Promise<string> {
  const id = newId();
  const scope = { projectId: null, environmentId: null, modelId: null, gpuProduct: null, ...made.scope };
  const created = { createdAt: by.now, createdBy: by.userId };
  const unit = made.unit ?? 'gpuHours';
  await db.insert(budget).values({
    id,
    projectId: scope.projectId,
    name: `budget ${id}`,
    parentId: made.parentId ?? null,
    scope,
    unit,
    period: { kind: 'calendar', every: 'month', timeZone: 'UTC', rolloverCapPercent: 0 },
    settings: usualSettings,
    level: made.level ?? 2,
    ...created,
  });
  const amount =
    unit === 'currency' ? String(made.amount) : String((BigInt(made.amount * 1_000) * gpuHour) / 1_000n);
  await db.insert(budgetMovement).values({
    id: newId(),
    budgetId: id,
    kind: 'base',
    amount,
    fromAt: new Date(0),
    ...created,
  });
  return id;
}

/** For tests: starts the approved requests of several worlds of one cluster at once. */
export async function startAll(
  db: Database,
  worlds: readonly { readonly world: ReconcilerWorld; readonly promotionId: string }[],
  lease: Lease,
): Promise<StartOutcome[]> {
  return await Promise.all(
    worlds.map(async ({ world, promotionId }) =>
      startRollout(db, {
        lease,
        promotion: onlyRow(await db.select().from(promotion).where(eq(promotion.id, promotionId))),
        dispersion: () => ({ phi: 1, backedByHistory: false, df: 0 }),
        now: world.now,
        origin: 'live',
      }),
    ),
  );
}

/** For tests: what a rollout holds of its budgets, and whether that has ended. */
export async function reservationsOf(db: Database, rolloutId: string) {
  const rows = await db.select().from(budgetReservation).where(eq(budgetReservation.rolloutId, rolloutId));
  return rows
    .toSorted((left, right) => (left.budgetId ?? '').localeCompare(right.budgetId ?? ''))
    .map(({ budgetId, held, endedAt }) => ({ budgetId, held: BigInt(held), ended: endedAt !== null }));
}
