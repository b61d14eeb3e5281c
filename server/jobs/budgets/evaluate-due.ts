import { asc, eq, sql } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../../db/client.ts';
import { budget } from '../../../db/schema/budgets.ts';
import { budgetStatusSchema, storedStatus } from '../../../domain/budget/status-schema.ts';
import { notifyChange } from '../../audit/append.ts';
import { databaseClock } from '../../clock.ts';
import { log } from '../../log.ts';
import type { When } from '../../notice.ts';
import { budgetOf } from '../../rows/budget-rows.ts';
import { type OpenRow, openRows } from '../../rows/open-hours.ts';
import { currencyOf } from '../../rows/price-entries.ts';
import { repeat } from '../repeat.ts';
import { followThresholds } from './alerts.ts';
import { evaluated } from './evaluate.ts';
import { followFreezes } from './freezes.ts';
import { rollOver } from './roll-over.ts';

const everyMs = 60_000;
/** How often each worker looks for budgets whose minute is over; the rows decide, so that several share the work. */
const lookEveryMs = 10_000;

type Options = { readonly now?: Date; readonly origin?: 'live' | 'demo' };

/**
 * Evaluates every open budget that was not within a minute, each in a transaction of its own; answers their ids. A budget
 * that another worker has is skipped.
 */
export async function evaluateBudgets(db: Database, options: Options = {}): Promise<string[]> {
  const done: string[] = [];
  const failed: string[] = [];
  // Costly and the same for all of them, so the first budget of a round reads it.
  let read: Promise<readonly OpenRow[]> | null = null;
  const open = (tx: Transaction, now: Date) => {
    read ??= openRows(tx, { from: new Date(0), to: new Date(now.getTime() + 1) });
    return read;
  };
  for (;;) {
    const step = await transaction(db, (tx) => evaluateNext(tx, { options, open, without: failed }));
    if (step === null) return done;
    if (step.ok) done.push(step.id);
    else failed.push(step.id);
  }
}

/** Hours that are not sealed, up to the first budget of the round. */
type ReadOpen = (tx: Transaction, now: Date) => Promise<readonly OpenRow[]>;
type Step = { readonly id: string; readonly ok: boolean };

async function evaluateNext(
  tx: Transaction,
  { options, open, without }: { options: Options; open: ReadOpen; without: readonly string[] },
): Promise<Step | null> {
  const now = options.now ?? (await databaseClock(tx));
  const before = new Date(now.getTime() - everyMs);
  const [row] = await tx
    .select()
    .from(budget)
    .where(
      sql`${budget.closedAt} is null and coalesce(${budget.statusAt}, '-infinity') <= ${before.toISOString()}::timestamptz
        and ${budget.id} <> all(${sql.param([...without])}::uuid[])`,
    )
    .orderBy(asc(budget.statusAt))
    .limit(1)
    .for('no key update', { skipLocked: true });
  if (row === undefined) return null;
  await tx.execute(sql`savepoint evaluation`);
  try {
    const when = { now, origin: options.origin ?? ('live' as const) };
    await evaluateOne(tx, row, { ...when, open: await open(tx, now) });
    return { id: row.id, ok: true };
  } catch (error) {
    log.error({ error, budget: row.id }, 'A budget could not be evaluated; it is tried again.');
    await tx.execute(sql`rollback to savepoint evaluation`);
    return { id: row.id, ok: false };
  }
}

type Pass = When & { readonly open: readonly OpenRow[] };

async function evaluateOne(tx: Transaction, row: typeof budget.$inferSelect, pass: Pass): Promise<void> {
  const { open, ...when } = pass;
  const { now } = when;
  const found = budgetOf(row);
  const measure = { unit: row.unit, currency: await currencyOf(tx) };
  const last = budgetStatusSchema.safeParse(row.status);
  const status = await evaluated(tx, found, { before: last.data ?? null, now, open });
  await tx
    .update(budget)
    .set({ status: storedStatus(status), statusAt: now })
    .where(eq(budget.id, row.id));
  const fired = await followThresholds(tx, { budget: found, status, measure }, when);
  // Figures of every minute tell nobody; pages look again by themselves.
  if (fired > 0) await notifyChange(tx, { projectId: row.projectId, topic: 'budget', id: row.id });
  await followFreezes(tx, { budget: found, status }, when);
  await rollOver(tx, { budget: found, lookedAt: row.statusAt, measure }, when);
}

/** Evaluates until `close`. */
export function startBudgets(db: Database): { close(): Promise<void> } {
  return repeat({
    everyMs: lookEveryMs,
    run: () => evaluateBudgets(db),
    failed: 'Budgets could not be evaluated; it is tried again.',
  });
}
