import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { budgetMovement } from '../../../db/schema/budgets.ts';
import { amountAt, baseAt } from '../../../domain/budget/amount.ts';
import { amountText, type Measure } from '../../../domain/budget/budget-words.ts';
import { periodAt, periodBefore, rolloverOf } from '../../../domain/budget/period.ts';
import { systemPrincipal } from '../../../domain/principal.ts';
import { appendAudit } from '../../audit/append.ts';
import { newId } from '../../id.ts';
import type { When } from '../../notice.ts';
import { type BudgetRow, budgetMovements } from '../../rows/budget-rows.ts';
import { budgetSpend } from '../../rows/budget-spend.ts';

/** The last hour of a period is sealed ten minutes after its end. */
const settledMs = 15 * 60_000;

type Look = {
  readonly budget: BudgetRow;
  readonly lookedAt: Date | null;
  readonly measure: Measure;
};

/**
 * Once in a period, as soon as the one before is settled, moves what is left of that one into it, up to the cap. Answers
 * whether anything was moved; call it last, because it appends to the audit.
 */
export async function rollOver(
  tx: Transaction,
  { budget, lookedAt, measure }: Look,
  { now, origin }: When,
): Promise<boolean> {
  const { id, name, projectId, period } = budget;
  const [before, span] = [periodBefore(period, now), periodAt(period, now)];
  if (period.kind === 'rolling' || period.rolloverCapPercent === 0 || before?.toAt == null) return false;
  const dueAt = new Date(span.fromAt.getTime() + settledMs);
  if (now < dueAt || (lookedAt !== null && lookedAt >= dueAt)) return false;
  if (budget.createdAt >= span.fromAt || (await isMoved(tx, id, span.fromAt))) return false;
  const movements = (await budgetMovements(tx, [id])).get(id) ?? [];
  const end = new Date(before.toAt.getTime() - 1);
  const hours = await budgetSpend(tx, budget, { from: before.fromAt, to: before.toAt });
  const actual = hours.reduce((total, hour) => total + hour.amount, 0n);
  const amount = rolloverOf(period, {
    amount: amountAt(movements, end),
    base: baseAt(movements, end),
    actual,
  });
  if (amount === 0n) return false;
  await tx.insert(budgetMovement).values({
    id: newId(),
    budgetId: id,
    kind: 'rollover',
    amount: amount.toString(),
    fromAt: span.fromAt,
    toAt: span.toAt,
    reason: 'Left of the period before.',
    createdAt: now,
    createdBy: systemPrincipal.id,
  });
  await appendAudit(tx, {
    projectId,
    actor: systemPrincipal,
    action: 'budgets.rollOver',
    now,
    origin,
    drafts: [
      {
        object: { kind: 'budget', id, name },
        sentence: `moved ${amountText(amount, measure)} that were left of the period before into the budget ${name}`,
        after: { amount: amount.toString(), fromAt: span.fromAt, toAt: span.toAt },
      },
    ],
  });
  return true;
}

async function isMoved(tx: Transaction, budgetId: string, fromAt: Date): Promise<boolean> {
  const rows = await tx
    .select({ id: budgetMovement.id })
    .from(budgetMovement)
    .where(
      and(
        eq(budgetMovement.budgetId, budgetId),
        eq(budgetMovement.kind, 'rollover'),
        eq(budgetMovement.fromAt, fromAt),
      ),
    );
  return rows.length > 0;
}
