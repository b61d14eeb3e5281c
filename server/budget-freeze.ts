import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { budgetFreeze } from '../db/schema/budgets.ts';
import { environment } from '../db/schema/environments.ts';
import { systemPrincipal } from '../domain/principal.ts';
import { appendAudit } from './audit/append.ts';
import { endNotice, type When } from './notice.ts';

/** Of each of the two states of a freeze that people are told of. */
export function freezeNoticeKey(freezeId: string, state: 'frozen' | 'proposed'): string {
  return `budgetFreeze:${freezeId}:${state}`;
}

/**
 * Ends what a budget asks for in every environment: on record and told where it was frozen or proposed. The worker then lifts it.
 * The caller has locked the budget.
 */
export async function endFreezes(
  tx: Transaction,
  { id, name }: { readonly id: string; readonly name: string },
  { why, now, origin }: When & { readonly why: string },
): Promise<void> {
  const rows = await tx
    .select({ freeze: budgetFreeze, place: environment.name })
    .from(budgetFreeze)
    .innerJoin(environment, eq(environment.id, budgetFreeze.environmentId))
    .where(and(eq(budgetFreeze.budgetId, id), isNull(budgetFreeze.endedAt)))
    .orderBy(budgetFreeze.projectId, budgetFreeze.id);
  for (const { freeze, place } of rows) {
    const { projectId, state } = freeze;
    await tx.update(budgetFreeze).set({ endedAt: now }).where(eq(budgetFreeze.id, freeze.id));
    if (state === 'asked') continue;
    await endNotice(tx, { projectId, dedupKey: freezeNoticeKey(freeze.id, state) }, now);
    const what =
      state === 'frozen' ? `ended the freeze of ${place}` : `no longer proposes to freeze ${place}`;
    await appendAudit(tx, {
      projectId,
      actor: systemPrincipal,
      action: 'budgets.thaw',
      now,
      origin,
      drafts: [
        {
          object: { kind: 'budget', id, name },
          sentence: `${what}: ${why}`,
          before: { state },
          after: { endedAt: now },
          related: [{ kind: 'environment', id: freeze.environmentId }],
        },
      ],
    });
  }
}
