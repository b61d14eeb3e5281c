import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { driftAlert } from '../../db/schema/drift.ts';
import { type AlertMark, markRefusal } from '../../domain/drift/alert-marks.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { endNotice } from '../notice.ts';
import { openDueRetrain } from '../open-retrain.ts';
import { driftNoticeKey } from '../rows/drift-alert-view.ts';
import { noticePlace } from '../rows/rollout-notices.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';

const markSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['open', 'acknowledged', 'dataFault', 'real']) }),
  z.object({ kind: z.enum(['expected', 'snoozed']), until: z.coerce.date() }),
]) satisfies z.ZodType<AlertMark>;

/** Says what an alert is, or that it may rest until a time. */
export const markDriftAlert = command(
  {
    permission: 'driftAlerts.mark',
    schema: z.object({
      alertId: idSchema,
      mark: markSchema,
      comment: z.string().trim().max(1_000).default(''),
    }),
    project: async (tx, input) => await rowProject(tx, driftAlert, input.alertId),
  },
  async ({ tx, input, principal, now, ctx }) => {
    const { alertId, mark, comment } = input;
    const row = onlyRow(
      await tx.select().from(driftAlert).where(eq(driftAlert.id, alertId)).for('no key update'),
    );
    refuse(markRefusal(row, mark, now));
    const state = mark.kind === 'snoozed' ? row.state : mark.kind;
    const after = {
      state,
      expectedUntil: mark.kind === 'expected' ? mark.until : null,
      snoozedUntil: mark.kind === 'snoozed' ? mark.until : null,
    };
    await tx
      .update(driftAlert)
      .set({
        ...after,
        stateAt: now,
        stateBy: principal.id,
        comment: comment === '' ? row.comment : comment,
      })
      .where(eq(driftAlert.id, alertId));
    await restNotice(tx, row, { mark, now });
    const retrain =
      mark.kind === 'real'
        ? await openDueRetrain(
            tx,
            { alert: { ...row, state: 'real' }, by: principal },
            { now, origin: ctx.origin },
          )
        : null;
    const { service, environment } = await noticePlace(tx, row.serviceId);
    const name = `${service} in ${environment}`;
    return {
      result: { alertId, retrainId: retrain?.requestId ?? null },
      audit: [
        {
          object: { kind: 'driftAlert', id: alertId, name },
          sentence: `${sentences[mark.kind]} of ${name}`,
          before: { state: row.state, expectedUntil: row.expectedUntil, snoozedUntil: row.snoozedUntil },
          after,
          comment: comment === '' ? undefined : comment,
          related: [{ kind: 'service', id: row.serviceId }],
        },
        ...(retrain === null ? [] : [retrain.draft]),
      ],
    };
  },
);

const sentences: Readonly<Record<AlertMark['kind'], string>> = {
  open: 'opened again the drift alert',
  acknowledged: 'took care of the drift alert',
  dataFault: 'called a data fault the drift alert',
  real: 'called real the drift alert',
  expected: 'expected the drift alert',
  snoozed: 'snoozed the drift alert',
};

/** What is expected or snoozed rests; the worker tells it anew if it lasts longer than that. */
async function restNotice(
  tx: Transaction,
  { id, projectId }: typeof driftAlert.$inferSelect,
  { mark, now }: { mark: AlertMark; now: Date },
): Promise<void> {
  if (mark.kind !== 'expected' && mark.kind !== 'snoozed') return;
  await endNotice(tx, { projectId, dedupKey: driftNoticeKey(id) }, now);
}
