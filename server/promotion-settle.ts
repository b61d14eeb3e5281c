import { and, asc, eq, inArray } from 'drizzle-orm';
import { type Database, type Queries, type Transaction, transaction } from '../db/client.ts';
import { guardedAction, promotion } from '../db/schema/promotions.ts';
import { service } from '../db/schema/services.ts';
import { systemPrincipal } from '../domain/principal.ts';
import { refusal } from '../domain/refusal.ts';
import { endApprovalNeeded } from './approval-notice.ts';
import { type AuditDraft, appendAudit } from './audit/append.ts';
import { type PromotionFacts, promotionFacts, promotionRecordColumns } from './rows/promotion-facts.ts';
import { revisionRefs } from './rows/revision-refs.ts';

type Asked = {
  readonly serviceId: string;
  /** On the database's clock, as `expiresAt` is. */
  readonly now: Date;
  readonly origin: 'live' | 'demo';
};

/**
 * Stores and audits what time and changes have done to a service's waiting requests: expired, or void because another
 * revision became live. Pages show it at once by themselves; this makes it a fact on record. Writes nothing when nothing
 * changed; returns the ids of the requests that ended.
 */
export async function settlePromotions(db: Database, asked: Asked): Promise<string[]> {
  if ((await endedOf(db, asked)).length === 0) return [];
  return await transaction(db, async (tx) => {
    await tx
      .select({ id: promotion.id })
      .from(promotion)
      .where(waiting(asked.serviceId))
      .orderBy(asc(promotion.id))
      .for('update');
    const ended = await endedOf(tx, asked);
    const first = ended[0];
    if (first === undefined) return [];
    const drafts: AuditDraft[] = [];
    for (const facts of ended) drafts.push(await settle(tx, facts, asked));
    await appendAudit(tx, {
      projectId: first.promotion.projectId,
      actor: systemPrincipal,
      action: 'promotions.settle',
      now: asked.now,
      origin: asked.origin,
      drafts,
    });
    return ended.map((facts) => facts.promotion.id);
  });
}

function waiting(serviceId: string) {
  return and(eq(promotion.serviceId, serviceId), inArray(promotion.state, ['open', 'approved']));
}

/** Waiting requests whose stored state is no longer what they are. */
async function endedOf(queries: Queries, { serviceId, now }: Asked): Promise<PromotionFacts[]> {
  const records = await queries
    .select(promotionRecordColumns)
    .from(promotion)
    .innerJoin(guardedAction, eq(guardedAction.id, promotion.actionId))
    .where(waiting(serviceId))
    .limit(200);
  const projectId = records[0]?.promotion.projectId ?? '';
  const facts = await promotionFacts(queries, records, { projectId, now });
  return facts.filter((fact) => fact.state !== fact.promotion.state);
}

const tooLate = refusal({
  code: 'approvalsMissing',
  message: 'It was not decided in the time that the policy gives.',
  fix: 'Ask again.',
});

async function settle(tx: Transaction, facts: PromotionFacts, { now }: Asked): Promise<AuditDraft> {
  const { promotion: row, state } = facts;
  const outcome = facts.voidReason ?? tooLate;
  await tx.update(promotion).set({ state, outcome, decidedAt: now }).where(eq(promotion.id, row.id));
  await endApprovalNeeded(tx, { projectId: row.projectId, promotionId: row.id }, now);
  const revision = (await revisionRefs(tx, [row.toRevisionId])).of(row.toRevisionId);
  const named = await tx.select({ name: service.name }).from(service).where(eq(service.id, row.serviceId));
  const name = `${revision.modelName} ${revision.versionNumber} on ${named[0]?.name ?? ''}`;
  return {
    object: { kind: 'promotion', id: row.id, name },
    sentence: `${state === 'expired' ? 'let expire' : 'voided'} the request of ${name}: ${outcome.message}`,
    before: { state: row.state },
    after: { state, reason: outcome.message },
    related: [{ kind: 'service', id: row.serviceId }],
  };
}
