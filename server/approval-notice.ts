import type { Transaction } from '../db/client.ts';
import type { Notice } from '../domain/notice.ts';
import { emitNotice, endNotice, type When } from './notice.ts';

type Asked = { readonly projectId: string; readonly promotionId: string };

function keyOf({ projectId, promotionId }: Asked) {
  return { projectId, dedupKey: `approvalNeeded:${promotionId}` };
}

/** Tells those who may sign that a request waits for them. */
export async function tellApprovalNeeded(
  tx: Transaction,
  asked: Asked & { readonly serviceId: string; readonly notice: Extract<Notice, { kind: 'approvalNeeded' }> },
  when: When,
): Promise<void> {
  const { promotionId, serviceId, notice } = asked;
  const object = { kind: 'promotion', id: promotionId } as const;
  await emitNotice(tx, { ...keyOf(asked), notice, object, serviceId }, when);
}

/** The request was decided, withdrawn, or has ended by itself: it waits for nobody any more. */
export function endApprovalNeeded(tx: Transaction, asked: Asked, now: Date) {
  return endNotice(tx, keyOf(asked), now);
}
