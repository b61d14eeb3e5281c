import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Transaction } from '../db/client.ts';
import { retrainHold, retrainRequest } from '../db/schema/retrains.ts';
import type { Blocker } from '../domain/refusal.ts';
import { isLiving, type RetrainState, retrainPayloadSchema } from '../domain/retrain/request.ts';
import { type AuditDraft, notifyChange } from './audit/append.ts';
import { emitNotice, endNotice, type When } from './notice.ts';
import { retrainNoticeKey } from './rows/retrain-facts.ts';
import { noticePlace } from './rows/rollout-notices.ts';

export type RetrainRow = typeof retrainRequest.$inferSelect;

type Move = {
  readonly state: RetrainState;
  /** Why, where that is more than the state tells. */
  readonly outcome?: Blocker | null;
  readonly newVersionId?: string;
};

/** How people call a request: the version that is trained again. */
export function retrainName({ payload }: Pick<RetrainRow, 'payload'>): string {
  const { model, modelVersion } = retrainPayloadSchema.parse(payload);
  return `${model} ${modelVersion}`;
}

/** The object of a request and the timelines that show its acts. */
export function retrainObject(row: RetrainRow): Pick<AuditDraft, 'object' | 'related'> {
  return {
    object: { kind: 'retrain', id: row.id, name: retrainName(row) },
    related: [
      { kind: 'driftAlert', id: row.alertId },
      { kind: 'service', id: row.serviceId },
    ],
  };
}

/**
 * Brings a request to another state if it is still in the one that it was read in, and answers whether it was. What does
 * not live any more gives back what it held, and its notice ends; a failure is told.
 */
export async function moveRetrain(
  tx: Transaction,
  row: RetrainRow,
  { state, outcome = null, newVersionId, ...when }: Move & When,
): Promise<boolean> {
  const { now } = when;
  const ends = !isLiving(state);
  const moved = await tx
    .update(retrainRequest)
    .set({
      state,
      stateAt: now,
      outcome,
      ...(state === 'running' && row.startedAt === null ? { startedAt: now } : {}),
      ...(newVersionId === undefined ? {} : { newVersionId }),
      ...(ends ? { closedAt: now } : {}),
    })
    .where(
      and(
        eq(retrainRequest.id, row.id),
        inArray(retrainRequest.state, [row.state]),
        isNull(retrainRequest.closedAt),
      ),
    )
    .returning({ id: retrainRequest.id });
  if (moved.length === 0) return false;
  const { id, projectId, serviceId } = row;
  if (ends || state === 'done')
    await tx
      .update(retrainHold)
      .set({ endedAt: now })
      .where(and(eq(retrainHold.requestId, id), isNull(retrainHold.endedAt)));
  if (ends) await endNotice(tx, { projectId, dedupKey: retrainNoticeKey(id) }, now);
  if (state === 'failed') {
    const { service, environment, production } = await noticePlace(tx, serviceId);
    const notice = {
      kind: 'retrainFailed',
      service,
      environment,
      production,
      version: retrainName(row),
      message: outcome?.message ?? 'nothing more is known',
    } as const;
    const object = { kind: 'retrain', id } as const;
    await emitNotice(tx, { projectId, notice, object, serviceId, dedupKey: `retrainFailed:${id}` }, when);
  }
  await notifyChange(tx, { projectId, topic: 'retrain', id });
  return true;
}
