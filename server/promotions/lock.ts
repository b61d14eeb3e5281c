import { eq } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
import { service, serviceRevision } from '../../db/schema/services.ts';
import { seeChain } from '../audit/append.ts';
import {
  type PromotionFacts,
  type PromotionRecord,
  promotionFacts,
  promotionRecordColumns,
} from '../rows/promotion-facts.ts';
import { onlyRow } from '../rows/row-project.ts';

const records = (queries: Queries, value: ValueOf<{ promotionId: string }>) =>
  queries
    .select(promotionRecordColumns)
    .from(promotion)
    .innerJoin(guardedAction, eq(guardedAction.id, promotion.actionId))
    .where(eq(promotion.id, value('promotionId')));

const recordRows = prepared(records);
const lockedRows = prepared((queries, value: Parameters<typeof records>[1]) =>
  records(queries, value).for('update', { of: [promotion, guardedAction] }),
);

/** Reads one request with its facts; throws notFound. */
export async function loadPromotion(
  queries: Queries,
  promotionId: string,
  now: Date,
): Promise<PromotionFacts> {
  return await factsOf(queries, onlyRow(await recordRows(queries, { promotionId })), now);
}

/** What decides about a request that was read or locked. */
export async function factsOf(queries: Queries, record: PromotionRecord, now: Date): Promise<PromotionFacts> {
  const { projectId } = record.promotion;
  return onlyRow(await promotionFacts(queries, [record], { projectId, now }));
}

/** What decisions about a request begin with: its rows locked, then all that they are judged by. */
export const lockedFacts = {
  lock: lockPromotion,
  read: async (
    tx: Transaction,
    record: PromotionRecord,
    { now, attempt }: { now: Date; attempt: number },
  ) => {
    const [facts, name] = await Promise.all([
      factsOf(tx, record, now),
      promotionName(tx, record),
      seeChain(tx, record.promotion.projectId, attempt),
    ]);
    return { facts, name };
  },
};

/** Locks the request's rows, so that decisions made at the same time are taken one after the other; throws notFound. */
export async function lockPromotion(
  tx: Transaction,
  { promotionId }: { readonly promotionId: string },
): Promise<PromotionRecord> {
  return onlyRow(await lockedRows(tx, { promotionId }));
}

const namedRevisions = prepared((queries, value: ValueOf<{ revisionId: string }>) =>
  queries
    .select({ model: model.name, version: modelVersion.number, service: service.name })
    .from(serviceRevision)
    .innerJoin(modelVersion, eq(modelVersion.id, serviceRevision.modelVersionId))
    .innerJoin(model, eq(model.id, modelVersion.modelId))
    .innerJoin(service, eq(service.id, serviceRevision.serviceId))
    .where(eq(serviceRevision.id, value('revisionId'))),
);

/** The request's name in audit entries: "fraud-detector 7 on scoring". */
async function promotionName(
  queries: Queries,
  { promotion: { toRevisionId: revisionId } }: PromotionRecord,
): Promise<string> {
  const named = onlyRow(await namedRevisions(queries, { revisionId }));
  return `${named.model} ${named.version} on ${named.service}`;
}
