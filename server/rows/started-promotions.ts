import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { promotion } from '../../db/schema/promotions.ts';

/** The newest request that brought each revision, by revision; those that no request brought are missing. */
export async function startedPromotions(
  queries: Queries,
  revisionIds: readonly (string | null)[],
): Promise<Map<string, string>> {
  const ids = revisionIds.filter((id) => id !== null);
  if (ids.length === 0) return new Map();
  const rows = await queries
    .selectDistinctOn([promotion.toRevisionId], { id: promotion.id, revisionId: promotion.toRevisionId })
    .from(promotion)
    .where(and(inArray(promotion.toRevisionId, ids), eq(promotion.state, 'started')))
    .orderBy(promotion.toRevisionId, desc(promotion.requestedAt));
  return new Map(rows.map(({ id, revisionId }) => [revisionId, id]));
}
