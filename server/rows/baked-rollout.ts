import { and, desc, eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import type { service } from '../../db/schema/services.ts';
import { type BakedRollout, bakeOutcomeSchema, railsOf } from '../../domain/bake.ts';
import type { Rail } from '../../domain/rollout-plan.ts';
import type { RolloutRecord } from './active-rollouts.ts';
import { planOf } from './rollout-rows.ts';

/** Of a revision that was rolled back to, the rollout that once brought it is among its newest. */
const mostLookedAt = 10;

/** The rollout that brought what serves, and the rails that watch it on. */
export type WatchedRails = {
  readonly rollout: RolloutRecord;
  readonly baked: BakedRollout;
  readonly rails: readonly Rail[];
  /** Since when all traffic is this revision's; null when that is not known. */
  readonly since: Date | null;
};

export function bakedOf(row: RolloutRecord): BakedRollout {
  const { phase, fullAt, fromRevisionId } = row;
  const outcome = row.bakeOutcome === null ? null : bakeOutcomeSchema.parse(row.bakeOutcome);
  return { plan: planOf(row), phase, fullAt, fromRevisionId, outcome };
}

/**
 * Rails of the newest plan that brought the stable revision; null when there are none. After a roll back these are the
 * rails under which that revision was once promoted, while its bake time is long over: the roll back itself has none.
 */
export async function watchedRails(
  queries: Queries,
  of: Pick<typeof service.$inferSelect, 'id' | 'stableRevisionId'>,
): Promise<WatchedRails | null> {
  if (of.stableRevisionId === null) return null;
  const rows = await queries
    .select()
    .from(rollout)
    .where(
      and(
        eq(rollout.serviceId, of.id),
        eq(rollout.toRevisionId, of.stableRevisionId),
        eq(rollout.phase, 'succeeded'),
      ),
    )
    .orderBy(desc(rollout.endedAt))
    .limit(mostLookedAt);
  const newest = rows[0];
  if (newest === undefined) return null;
  const rails = rows.map((row) => railsOf(planOf(row))).find((found) => found.length > 0);
  if (rails === undefined) return null;
  return { rollout: newest, baked: bakedOf(newest), rails, since: newest.fullAt };
}
