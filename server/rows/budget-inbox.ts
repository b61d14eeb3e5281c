import { inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { budget } from '../../db/schema/budgets.ts';
import type { BudgetUnit } from '../../domain/budget/budget-schema.ts';
import type { Principal } from '../../domain/principal.ts';
import { budgetDecisionRefusal, budgetRequestFacts, missingSignatures } from './budget-request-facts.ts';
import { currencyOf } from './price-entries.ts';
import type { PrincipalRef } from './principal-refs.ts';

/** A request for more budget that somebody may sign. */
export type BudgetInboxRow = {
  readonly requestId: string;
  readonly kind: 'exceed' | 'transfer';
  /** The budget that gets more, or the one that gives; its page is where it is decided. */
  readonly budgetId: string;
  readonly budgetName: string;
  readonly unit: BudgetUnit;
  /** Null for GPU-hours. */
  readonly currency: string | null;
  readonly amount: bigint;
  readonly untilAt: Date;
  readonly requestedBy: PrincipalRef;
  readonly requestedAt: Date;
  readonly signaturesMissing: number;
};

/** Requests of a project that wait for this person's signature, newest first. */
export async function budgetInboxOf(
  queries: Queries,
  { projectId, principal, now }: { projectId: string; principal: Principal; now: Date },
): Promise<BudgetInboxRow[]> {
  const open = await budgetRequestFacts(queries, { openIn: projectId }, now);
  const mine = open.filter((facts) => budgetDecisionRefusal(facts, 'approve', principal) === null);
  if (mine.length === 0) return [];
  const ids = mine.map(({ request }) => request.budgetId);
  const rows = await queries
    .select({ id: budget.id, name: budget.name, unit: budget.unit })
    .from(budget)
    .where(inArray(budget.id, ids));
  const budgets = new Map(rows.map((row) => [row.id, row]));
  const currency = await currencyOf(queries);
  return mine.flatMap(({ request, requestedBy, progress }) => {
    const of = budgets.get(request.budgetId);
    if (of === undefined) return [];
    return [
      {
        requestId: request.id,
        kind: request.kind,
        budgetId: of.id,
        budgetName: of.name,
        unit: of.unit,
        currency: of.unit === 'currency' ? currency : null,
        amount: BigInt(request.amount),
        untilAt: request.untilAt,
        requestedBy,
        requestedAt: request.requestedAt,
        signaturesMissing: missingSignatures(progress),
      },
    ];
  });
}
