import { and, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import { delivery, notice } from '../../db/schema/notices.ts';
import { idSchema } from '../../domain/name.ts';
import { noticeSchema } from '../../domain/notice.ts';
import { noticeSentence } from '../../domain/notice-text.ts';
import { refuse } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { acknowledgeRefusal, tryAgainRefusal } from '../rows/notice-refusals.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';

/** Says that somebody takes care of it; it then no longer counts at the bell. */
export const acknowledgeNotice = command(
  {
    permission: 'notices.acknowledge',
    schema: z.object({ noticeId: idSchema, comment: z.string().trim().max(5_000).default('') }),
    project: (tx, input) => rowProject(tx, notice, input.noticeId),
  },
  async ({ tx, input, principal, now }) => {
    const row = onlyRow(await tx.select().from(notice).where(eq(notice.id, input.noticeId)).for('update'));
    refuse(acknowledgeRefusal(row));
    await tx
      .update(notice)
      .set({ acknowledgedAt: now, acknowledgedBy: principal.id })
      .where(eq(notice.id, row.id));
    return {
      result: { noticeId: row.id },
      audit: [
        {
          object: { kind: 'notice', id: row.id, name: row.kind },
          sentence: `acknowledged: ${noticeSentence(noticeSchema.parse(row.params))}`,
          comment: input.comment === '' ? undefined : input.comment,
          related: row.serviceId === null ? [] : [{ kind: 'service', id: row.serviceId }],
        },
      ],
    };
  },
);

/** Sends a dead delivery once more, from its first attempt on; the receiver may have it if an answer was lost. */
export const tryAgain = command(
  {
    permission: 'notices.tryAgain',
    schema: z.object({ deliveryId: idSchema }),
    project: (tx, input) => rowProject(tx, delivery, input.deliveryId),
  },
  async ({ tx, input, projectId }) => {
    const own = and(eq(delivery.id, input.deliveryId), eq(delivery.projectId, projectId));
    const row = onlyRow(await tx.select().from(delivery).where(own).for('update'));
    refuse(tryAgainRefusal(row));
    await tx
      .update(delivery)
      .set({ state: 'waiting', attempts: 0, dueAt: sql`clock_timestamp()`, batchId: null })
      .where(eq(delivery.id, row.id));
    return {
      result: { deliveryId: row.id },
      audit: [
        {
          object: { kind: 'notice', id: row.noticeId, name: 'delivery' },
          sentence: `sends a notice again${row.recipient === '' ? '' : ` to ${row.recipient}`}`,
          related: [{ kind: 'channel', id: row.channelId }],
        },
      ],
    };
  },
);
