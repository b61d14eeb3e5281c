import { and, count, desc, eq, ilike, inArray, or, type SQL } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import type { Principal } from '../../domain/principal.ts';
import { containing } from './paging.ts';
import { type PromotionRecord, promotionFacts, promotionRecordColumns } from './promotion-facts.ts';
import { decisionRefusal } from './promotion-judgement.ts';
import { type PromotionRow, rowsOfFacts } from './promotion-rows.ts';

export type PromotionFilter = {
  readonly projectId: string;
  readonly states?: readonly PromotionRecord['promotion']['state'][] | undefined;
  readonly serviceId?: string | undefined;
  readonly modelVersionId?: string | undefined;
  readonly search?: string | undefined;
};

/** Requests that match, newest first, with the number of all that do. */
export async function searchPromotions(
  queries: Queries,
  filter: PromotionFilter,
  window: { limit: number; offset: number },
): Promise<{ records: PromotionRecord[]; total: number }> {
  const matching = queries
    .select({ id: promotion.id })
    .from(promotion)
    .innerJoin(service, eq(service.id, promotion.serviceId))
    .innerJoin(serviceRevision, eq(serviceRevision.id, promotion.toRevisionId))
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .where(conditions(filter));
  const matches = matching.as('matches');
  const totals = await queries.select({ total: count() }).from(matches);
  const records = await queries
    .select(promotionRecordColumns)
    .from(promotion)
    .innerJoin(guardedAction, eq(guardedAction.id, promotion.actionId))
    .where(and(eq(promotion.projectId, filter.projectId), inArray(promotion.id, matching)))
    .orderBy(desc(promotion.requestedAt), desc(promotion.id))
    .limit(window.limit)
    .offset(window.offset);
  return { records, total: totals[0]?.total ?? 0 };
}

function conditions(filter: PromotionFilter): SQL | undefined {
  const { states, serviceId, modelVersionId, search } = filter;
  const pattern = search === undefined || search === '' ? null : containing(search);
  return and(
    eq(promotion.projectId, filter.projectId),
    states === undefined ? undefined : inArray(promotion.state, [...states]),
    serviceId === undefined ? undefined : eq(promotion.serviceId, serviceId),
    modelVersionId === undefined ? undefined : eq(serviceRevision.modelVersionId, modelVersionId),
    pattern === null
      ? undefined
      : or(ilike(service.name, pattern), ilike(model.name, pattern), ilike(promotion.note, pattern)),
  );
}

/** At most this many open requests of a project are looked through for an inbox. */
const inboxDepth = 500;

/** Open requests that wait for this person's signature, newest first. */
export async function inboxOf(
  queries: Queries,
  viewer: { principal: Principal; projectId: string; now: Date },
): Promise<PromotionRow[]> {
  const { records } = await searchPromotions(
    queries,
    { projectId: viewer.projectId, states: ['open'] },
    { limit: inboxDepth, offset: 0 },
  );
  const facts = await promotionFacts(queries, records, viewer);
  const mine = facts.filter((fact) => decisionRefusal(fact, 'approve', viewer.principal) === null);
  return await rowsOfFacts(queries, mine, viewer.principal);
}
