import type { Transaction } from '../../db/client.ts';
import { budgetMovement, type budgetRequest } from '../../db/schema/budgets.ts';
import { amountText } from '../../domain/budget/budget-words.ts';
import type { Principal } from '../../domain/principal.ts';
import { appendAudit } from '../audit/append.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { type BudgetRow, lockBudgets } from '../rows/budget-rows.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { onlyRow } from '../rows/row-project.ts';

type Granting = {
  readonly tx: Transaction;
  readonly principal: Principal;
  readonly now: Date;
  readonly ctx: Pick<Context, 'origin'>;
};

/**
 * Writes the movements of an approved request: more for a time, or as much less in the giver as more in the receiver. A
 * receiver of another project has it in its own audit too.
 */
export async function grant(granting: Granting, request: typeof budgetRequest.$inferSelect): Promise<void> {
  const { tx, principal, now } = granting;
  const { actionId, amount, untilAt, reason, kind, budgetId, toBudgetId } = request;
  const movement = {
    kind,
    fromAt: now,
    toAt: untilAt,
    guardedActionId: actionId,
    reason,
    createdAt: now,
    createdBy: principal.id,
  };
  if (kind === 'exceed' || toBudgetId === null) {
    await tx.insert(budgetMovement).values({ ...movement, id: newId(), budgetId, amount });
    return;
  }
  const [giver, receiver] = [
    onlyRow(await lockBudgets(tx, [budgetId])),
    onlyRow(await lockBudgets(tx, [toBudgetId])),
  ];
  await tx.insert(budgetMovement).values([
    { ...movement, id: newId(), budgetId, amount: `-${amount}` },
    { ...movement, id: newId(), budgetId: toBudgetId, amount },
  ]);
  if (giver.projectId !== receiver.projectId) await auditReceiver(granting, { giver, receiver, request });
}

async function auditReceiver(
  { tx, principal, now, ctx }: Granting,
  {
    giver,
    receiver,
    request,
  }: { giver: BudgetRow; receiver: BudgetRow; request: typeof budgetRequest.$inferSelect },
): Promise<void> {
  const measure = { unit: receiver.unit, currency: await currencyOf(tx) };
  const { id, name, projectId } = receiver;
  await appendAudit(tx, {
    projectId,
    actor: principal,
    action: 'budgets.transfer',
    now,
    origin: ctx.origin,
    drafts: [
      {
        object: { kind: 'budget', id, name },
        sentence: `gave ${amountText(BigInt(request.amount), measure)} of ${giver.projectId === null ? `the instance's budget ${giver.name}` : "another project's budget"} to the budget ${name} until ${request.untilAt.toISOString()}`,
        after: { amount: request.amount, untilAt: request.untilAt, guardedActionId: request.actionId },
      },
    ],
  });
}
