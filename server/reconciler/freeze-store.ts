import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { transaction } from '../../db/client.ts';
import { budgetFreeze } from '../../db/schema/budgets.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { appendAudit } from '../audit/append.ts';
import { freezeNoticeKey } from '../budget-freeze.ts';
import { emitNotice, endNotice } from '../notice.ts';
import type { UnfinishedFreeze } from '../rows/environment-freezes.ts';
import { fence } from './lease.ts';
import type { Hands } from './reconcile.ts';

export type FreezePlace = {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly namespace: string;
  readonly production: boolean;
};

type Store = Pick<Hands, 'db' | 'lease' | 'origin' | 'onWrite'>;
type Decision = {
  readonly place: FreezePlace;
  /** Why it is only proposed; empty freezes. */
  readonly reasons: readonly string[];
  readonly proposal: string | null;
  readonly now: Date;
};

const sameTexts = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);

/**
 * Stores what came of a freeze that a budget asks for, on record and told when it is news; answers whether it is. That a
 * quota may be there is stored before one is written.
 */
export async function saveDecision(
  { db, lease, origin, onWrite }: Store,
  { freeze, budget }: UnfinishedFreeze,
  { place, reasons, proposal, now }: Decision,
): Promise<boolean> {
  const state = reasons.length === 0 ? 'frozen' : 'proposed';
  const isNews = state !== freeze.state || !sameTexts(reasons, freeze.reasons);
  if (!isNews && proposal === freeze.proposal) return false;
  const saved = await transaction(db, async (tx) => {
    await fence(tx, lease);
    const rows = await tx
      .update(budgetFreeze)
      .set({
        state,
        reasons,
        proposal,
        ...(state === 'frozen' ? { quotaWritten: true } : {}),
        ...(isNews ? { stateAt: now } : {}),
      })
      .where(and(eq(budgetFreeze.id, freeze.id), isNull(budgetFreeze.endedAt)))
      .returning({ id: budgetFreeze.id });
    if (rows.length === 0 || !isNews) return false;
    const { projectId } = place;
    if (freeze.state !== 'asked' && freeze.state !== state)
      await endNotice(tx, { projectId, dedupKey: freezeNoticeKey(freeze.id, freeze.state) }, now);
    await emitNotice(
      tx,
      {
        projectId,
        notice: {
          kind: 'budgetFreeze',
          budget: budget.name,
          environment: place.name,
          production: place.production,
          reasons: reasons.join(' '),
        },
        object: { kind: 'budget', id: budget.id },
        serviceId: null,
        dedupKey: freezeNoticeKey(freeze.id, state),
      },
      { now, origin },
    );
    const did =
      state === 'frozen'
        ? `froze ${place.name}, because the budget ${budget.name} is spent`
        : `proposed to freeze ${place.name}, because the budget ${budget.name} is spent; it was not done: ${reasons.join(' ')}`;
    await appendAudit(tx, {
      projectId,
      actor: systemPrincipal,
      action: 'budgets.freeze',
      now,
      origin,
      drafts: [
        {
          object: { kind: 'budget', id: budget.id, name: budget.name },
          sentence: did,
          before: { state: freeze.state },
          after: { state, reasons, proposal },
          related: [{ kind: 'environment', id: place.id }],
        },
      ],
    });
    return true;
  });
  if (saved) onWrite?.(`freeze ${state}`);
  return saved;
}

/** No quota of ours is left in the environment. */
export async function saveCleared({ db, lease }: Store, environmentId: string): Promise<void> {
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    await tx
      .update(budgetFreeze)
      .set({ quotaWritten: false })
      .where(and(eq(budgetFreeze.environmentId, environmentId), isNotNull(budgetFreeze.endedAt)));
  });
}
