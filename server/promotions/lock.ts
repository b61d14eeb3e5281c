import { eq } from 'drizzle-orm';
import type { Queries, Transaction } from '../../db/client.ts';
import { prepared, type ValueOf } from '../../db/prepared.ts';
import { guardedAction, promotion } from '../../db/schema/promotions.ts';
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
  projectOf: ({ promotion: { projectId } }: PromotionRecord) => projectId,
  read: async (
    tx: Transaction,
    record: PromotionRecord,
    { now, attempt }: { now: Date; attempt: number },
  ) => {
    const [facts] = await Promise.all([
      factsOf(tx, record, now),
      seeChain(tx, record.promotion.projectId, attempt),
    ]);
    return facts;
  },
};

/** Locks the request's rows, so that decisions made at the same time are taken one after the other; throws notFound. */
export async function lockPromotion(
  tx: Transaction,
  { promotionId }: { readonly promotionId: string },
): Promise<PromotionRecord> {
  return onlyRow(await lockedRows(tx, { promotionId }));
}
