import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { delivery, notice as noticeTable } from '../../../db/schema/notices.ts';
import { retrainRequest } from '../../../db/schema/retrains.ts';
import { deliveryAnswerSchema } from '../../../domain/delivery.ts';
import { systemPrincipal } from '../../../domain/principal.ts';
import { type Blocker, blocker, DomainError } from '../../../domain/refusal.ts';
import {
  type ChosenAction,
  chosenActionSchema,
  type RetrainState,
  retrainPayloadSchema,
} from '../../../domain/retrain/request.ts';
import { appendAudit } from '../../audit/append.ts';
import { newId } from '../../id.ts';
import { moveRetrain, type RetrainRow, retrainName, retrainObject } from '../../move-retrain.ts';
import { emitNotice, type When } from '../../notice.ts';
import { retrainPlace } from '../../rows/retrain-place.ts';
import { actionOf, chosenAction } from '../../rows/retrain-settings.ts';

type Webhook = Extract<ChosenAction, { kind: 'webhook' }>;

/**
 * Puts the signed call into the outbox, once, and then follows its delivery: the receiver's yes is the start, and what is
 * given up is a failure.
 */
export async function followWebhook(tx: Transaction, { id }: RetrainRow, when: When): Promise<void> {
  const [row] = await tx.select().from(retrainRequest).where(eq(retrainRequest.id, id)).for('update');
  if (row === undefined || row.state !== 'approved') return;
  const action = chosenActionSchema.parse(row.action);
  if (action.kind !== 'webhook') return;
  if (row.noticeId === null) return await send(tx, row, { action, ...when });
  const found = await deliveryOf(tx, row.noticeId, action.channelId);
  if (found === null) return;
  if (found === 'sent')
    return await settle(tx, row, {
      state: 'running',
      outcome: null,
      sentence: `started the retraining of ${retrainName(row)} by the webhook ${action.name}`,
      ...when,
    });
  await fail(tx, row, { message: found, ...when });
}

async function send(
  tx: Transaction,
  row: RetrainRow,
  { action, ...when }: When & { action: Webhook },
): Promise<void> {
  const place = await retrainPlace(tx, row.serviceId);
  try {
    const now = await chosenAction(tx, actionOf(action), place);
    if (now.kind !== 'webhook' || now.targetDigest !== action.targetDigest)
      return await fail(tx, row, { message: `The webhook ${action.name} leads elsewhere now.`, ...when });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return await fail(tx, row, { message: error.refusal.message, ...when });
  }
  const noticeId = newId();
  await emitNotice(
    tx,
    {
      id: noticeId,
      projectId: row.projectId,
      notice: {
        kind: 'retrainStart',
        channelId: action.channelId,
        payload: retrainPayloadSchema.parse(row.payload),
      },
      object: { kind: 'retrain', id: row.id },
      serviceId: row.serviceId,
      dedupKey: `retrainStart:${row.id}`,
    },
    when,
  );
  await tx.update(retrainRequest).set({ noticeId }).where(eq(retrainRequest.id, row.id));
}

/** `sent`, why it never will be, or null while it is on its way. */
async function deliveryOf(tx: Transaction, noticeId: string, channelId: string): Promise<string | null> {
  const [told] = await tx
    .select({ routedAt: noticeTable.routedAt })
    .from(noticeTable)
    .where(eq(noticeTable.id, noticeId));
  const [row] = await tx
    .select({ state: delivery.state, answer: delivery.answer })
    .from(delivery)
    .where(and(eq(delivery.noticeId, noticeId), eq(delivery.channelId, channelId)));
  if (row === undefined)
    return told?.routedAt == null ? null : 'The webhook was switched off before the call went out.';
  if (row.state === 'sent') return 'sent';
  if (row.state === 'withdrawn') return 'The webhook was switched off before the call went out.';
  if (row.state !== 'dead') return null;
  const answer = deliveryAnswerSchema.safeParse(row.answer).data;
  const said = answer === undefined ? '' : `: ${answer.status ?? ''} ${answer.text}`.trimEnd();
  return `The webhook did not take the call${said}`;
}

type Failure = When & { readonly message: string };

async function fail(tx: Transaction, row: RetrainRow, { message, ...when }: Failure): Promise<void> {
  const outcome = blocker({
    code: 'wrongState',
    message,
    owner: 'an admin of the project',
    fix: 'See the channel in the settings, and open the request again.',
  });
  const sentence = `could not start the retraining of ${retrainName(row)}: ${message}`;
  await settle(tx, row, { state: 'failed', outcome, sentence, ...when });
}

type Settled = When & {
  readonly state: RetrainState;
  readonly outcome: Blocker | null;
  readonly sentence: string;
};

async function settle(tx: Transaction, row: RetrainRow, settled: Settled): Promise<void> {
  const { state, outcome, sentence, ...when } = settled;
  if (!(await moveRetrain(tx, row, { state, outcome, ...when }))) return;
  await appendAudit(tx, {
    projectId: row.projectId,
    actor: systemPrincipal,
    action: state === 'running' ? 'retrains.start' : 'retrains.follow',
    ...when,
    drafts: [{ ...retrainObject(row), sentence, before: { state: row.state }, after: { state } }],
  });
}
