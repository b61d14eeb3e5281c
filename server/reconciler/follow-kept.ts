import { and, eq, isNull } from 'drizzle-orm';
import { transaction } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { keptEnd } from '../../domain/canary-keeping.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import type { DesiredRevision } from '../../domain/serving.ts';
import { appendAudit } from '../audit/append.ts';
import { fence } from './lease.ts';
import type { KeptCanary, LoadedRollout, LoadedService } from './load-service.ts';
import type { Hands } from './reconcile.ts';

type Look = {
  readonly loaded: LoadedService;
  /** The rollout under way as this pass leaves it. */
  readonly active: LoadedRollout | null;
  readonly now: Date;
};

export type FollowedKept = {
  /** What runs without traffic beside what serves; null when nothing does. */
  readonly revision: DesiredRevision | null;
  /** When its time is over. */
  readonly requeueAfterMs: number | null;
};

const nothing: FollowedKept = { revision: null, requeueAfterMs: null };

/** Looks after what somebody keeps for debugging once its rollout is over; its end is on record before it is taken away. */
export async function followKept(hands: Hands, { loaded, active, now }: Look): Promise<FollowedKept> {
  const kept = endedJustNow(active) ?? loaded.kept;
  if (kept === null) return nothing;
  const rolloutActive = active !== null && active.row.id !== kept.row.id;
  const end = keptEnd({ keepUntil: kept.keepUntil, number: kept.revision.number }, { rolloutActive, now });
  if (end === null)
    return {
      revision: kept.revision,
      requeueAfterMs: Math.max(50, kept.keepUntil.getTime() - now.getTime()),
    };
  const isGone = await giveUp(hands, kept, { sentence: end, now, serviceName: loaded.row.name });
  // Somebody gave it more time meanwhile: the next pass sees that.
  return isGone ? nothing : { revision: kept.revision, requeueAfterMs: 50 };
}

function endedJustNow(active: LoadedRollout | null): KeptCanary | null {
  if (active === null) return null;
  const { phase } = active.rollout.progress;
  const { keepUntil } = active.rollout.intent;
  return keepUntil !== null && (phase === 'rolledBack' || phase === 'aborted')
    ? { row: active.row, revision: active.to, keepUntil }
    : null;
}

type GivenUp = { readonly sentence: string; readonly now: Date; readonly serviceName: string };

async function giveUp(
  hands: Hands,
  { row }: KeptCanary,
  { sentence, now, serviceName }: GivenUp,
): Promise<boolean> {
  const isGone = await transaction(hands.db, async (tx) => {
    await fence(tx, hands.lease);
    const ended = await tx
      .update(rollout)
      .set({ keptEndedAt: now })
      .where(and(eq(rollout.id, row.id), isNull(rollout.keptEndedAt), eq(rollout.generation, row.generation)))
      .returning({ id: rollout.id });
    if (ended.length === 0) return false;
    await appendAudit(tx, {
      projectId: row.projectId,
      actor: systemPrincipal,
      action: 'rollouts.releaseCanary',
      now,
      origin: hands.origin,
      drafts: [
        {
          object: { kind: 'rollout', id: row.id, name: serviceName },
          sentence,
          before: { keepUntil: row.keepUntil },
          after: { keptEndedAt: now },
          related: [
            { kind: 'service', id: row.serviceId },
            { kind: 'serviceRevision', id: row.toRevisionId },
          ],
        },
      ],
    });
    return true;
  });
  if (isGone) hands.onWrite?.('kept canary');
  return isGone;
}
