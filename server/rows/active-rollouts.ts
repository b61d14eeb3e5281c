import { and, inArray, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';

export type RolloutRecord = typeof rollout.$inferSelect;

/** The rollout that is under way, by service; services without one are missing. */
export async function activeRollouts(
  queries: Queries,
  serviceIds: readonly string[],
): Promise<Map<string, RolloutRecord>> {
  if (serviceIds.length === 0) return new Map();
  const rows = await queries
    .select()
    .from(rollout)
    .where(and(inArray(rollout.serviceId, [...new Set(serviceIds)]), isNull(rollout.endedAt)));
  return new Map(rows.map((row) => [row.serviceId, row]));
}
