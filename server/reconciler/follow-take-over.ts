import { isDeepStrictEqual } from 'node:util';
import { and, eq } from 'drizzle-orm';
import { transaction } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import type { Blocker } from '../../domain/refusal.ts';
import type { DesiredServing, ObservedServing } from '../../domain/serving.ts';
import {
  advanceTakeOver,
  type TakeOver,
  type TakeOverAdvance,
  takenOverServing,
} from '../../domain/take-over.ts';
import { appendAudit, notifyChange } from '../audit/append.ts';
import { fence } from './lease.ts';
import type { LoadedService } from './load-service.ts';
import type { Hands } from './reconcile.ts';

type Look = {
  readonly loaded: LoadedService;
  /** What the service's own rollouts want. */
  readonly own: DesiredServing;
  readonly observed: ObservedServing;
  readonly now: Date;
};

export type Followed = {
  readonly desired: DesiredServing;
  readonly blockers: readonly Blocker[];
  readonly requeueAfterMs: number | null;
};

/** Stores a step under the lease's epoch and the generation that was loaded; false when somebody acted meanwhile. */
async function saved(
  hands: Hands,
  { loaded: { row }, now }: Look,
  { takeOver, advance }: { takeOver: TakeOver; advance: TakeOverAdvance },
): Promise<boolean> {
  const { next, sentence } = advance;
  if (isDeepStrictEqual(next, takeOver)) return true;
  return await transaction(hands.db, async (tx) => {
    await fence(tx, hands.lease);
    const rows = await tx
      .update(service)
      .set({ takeOver: next, ...(next === null ? { mode: 'watched' as const } : {}) })
      .where(and(eq(service.id, row.id), eq(service.generation, row.generation)))
      .returning({ id: service.id });
    if (rows.length === 0) return false;
    const { id, name, projectId } = row;
    if (sentence === null) await notifyChange(tx, { projectId, topic: 'service', id });
    else
      await appendAudit(tx, {
        projectId,
        actor: systemPrincipal,
        action: 'services.advanceTakeOver',
        now,
        origin: hands.origin,
        drafts: [
          {
            object: { kind: 'service', id, name },
            sentence,
            before: { phase: takeOver.phase, step: takeOver.step },
            after: next === null ? { mode: 'watched' } : { phase: next.phase, step: next.step },
          },
        ],
      });
    return true;
  });
}

/**
 * One look at a take over: moves it on when the cluster holds what its phase wants, on record before anything is written for
 * the next phase. Gives what the cluster should hold now; null when the pass has to begin again (somebody acted meanwhile,
 * or the service was given back). A service that was never taken over gets its own desired state back.
 */
export async function followTakeOver(hands: Hands, look: Look): Promise<Followed | null> {
  const { loaded, own, observed, now } = look;
  const { takeOver } = loaded;
  if (takeOver === null) return { desired: own, blockers: [], requeueAfterMs: null };
  const advance = advanceTakeOver(takeOver, { own, observed }, now);
  if (!(await saved(hands, look, { takeOver, advance }))) return null;
  if (!isDeepStrictEqual(advance.next, takeOver)) hands.onWrite?.('take over');
  if (advance.next === null) return null;
  const { blockers, requeueAfterMs } = advance;
  return { desired: takenOverServing(own, advance.next), blockers, requeueAfterMs };
}
