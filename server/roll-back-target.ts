import { and, desc, eq, isNotNull } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { rollout } from '../db/schema/rollouts.ts';
import type { service } from '../db/schema/services.ts';
import { watchedRefusal } from '../domain/adoption.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import { rolloutRefusal } from '../domain/rollout.ts';
import type { RolloutRecord } from './rows/active-rollouts.ts';
import { intentOf, progressOf } from './rows/rollout-rows.ts';

/**
 * Revision that a roll back leads to when nothing is under way: the one that the present stable replaced when it was
 * promoted, so that rolling back twice goes further back and never forth again. Null when there is none.
 */
export async function rollBackTarget(
  queries: Queries,
  of: Pick<typeof service.$inferSelect, 'id' | 'projectId' | 'stableRevisionId'>,
): Promise<string | null> {
  if (of.stableRevisionId === null) return null;
  const rows = await queries
    .select({ fromRevisionId: rollout.fromRevisionId })
    .from(rollout)
    .where(
      and(
        eq(rollout.projectId, of.projectId),
        eq(rollout.serviceId, of.id),
        eq(rollout.toRevisionId, of.stableRevisionId),
        eq(rollout.phase, 'succeeded'),
        isNotNull(rollout.promotionId),
      ),
    )
    .orderBy(desc(rollout.startedAt))
    .limit(1);
  return rows[0]?.fromRevisionId ?? null;
}

/** Why a roll back is not possible, or null; a rollout under way is rolled back itself. */
export function rollBackRefusal(at: {
  mode: 'managed' | 'watched';
  target: string | null;
  active: RolloutRecord | null;
}): Refusal | null {
  const { mode, target, active } = at;
  if (active !== null)
    return rolloutRefusal({ intent: intentOf(active), progress: progressOf(active) }, 'rollBack');
  const watched = watchedRefusal({ mode });
  if (watched !== null || target !== null) return watched;
  return refusal({
    code: 'noStableRevision',
    message: 'There is no earlier revision to roll back to.',
    fix: 'Ask for a promotion of an earlier version.',
  });
}
