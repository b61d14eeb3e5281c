import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { driftAlert } from '../../db/schema/drift.ts';
import { retrainRequest, retrainSetting } from '../../db/schema/retrains.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { closeRetrainRefusal } from '../../domain/retrain/request.ts';
import { retrainSettingsRefusal, retrainSettingsSchema } from '../../domain/retrain/settings.ts';
import { command } from '../command.ts';
import { moveRetrain, retrainName, retrainObject } from '../move-retrain.ts';
import { openRetrain } from '../open-retrain.ts';
import { retrainPlace } from '../rows/retrain-place.ts';
import { chosenAction, retrainSettingsOf } from '../rows/retrain-settings.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { lockRetrain } from './decide.ts';

/** Chooses what a real alert of a service leads to; what is open already goes on as it was opened. */
export const configureRetraining = command(
  {
    permission: 'retrains.configure',
    schema: z.object({
      serviceId: idSchema,
      settings: retrainSettingsSchema,
      seenGeneration: z.int().optional(),
    }),
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async ({ tx, input, principal, projectId, now }) => {
    const { serviceId, settings, seenGeneration } = input;
    refuse(retrainSettingsRefusal(settings));
    // Locked, because there may be no row of settings yet.
    await tx.select({ id: service.id }).from(service).where(eq(service.id, serviceId)).for('no key update');
    const before = await retrainSettingsOf(tx, serviceId);
    if (seenGeneration !== undefined && seenGeneration !== before.generation)
      throw new DomainError({
        code: 'conflict',
        message: 'Somebody changed these settings while you were editing them.',
        fix: 'Reload the page and make your change again.',
      });
    const place = await retrainPlace(tx, serviceId);
    await chosenAction(tx, settings.action, place);
    const row = { settings, generation: before.generation + 1, changedAt: now, changedBy: principal.id };
    await tx
      .insert(retrainSetting)
      .values({ serviceId, projectId, ...row })
      .onConflictDoUpdate({ target: retrainSetting.serviceId, set: row });
    const name = `${place.service} in ${place.environment}`;
    return {
      result: { serviceId, generation: row.generation },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name },
          sentence: `chose what a real alert of ${name} leads to: ${sentences[settings.policy]}`,
          before: before.settings,
          after: settings,
        },
      ],
    };
  },
);

const sentences = {
  off: 'nothing',
  notify: 'people are told',
  approve: 'a retraining that signers decide about',
  auto: 'a retraining that starts by itself',
} as const;

/** Opens a request for a real alert by hand: again after a failure, or before the rest after the last one is over. */
export const openRetrainRequest = command(
  {
    permission: 'retrains.open',
    schema: z.object({ alertId: idSchema }),
    project: (tx, input) => rowProject(tx, driftAlert, input.alertId),
  },
  async ({ tx, input, principal, now, ctx }) => {
    const alert = onlyRow(
      await tx.select().from(driftAlert).where(eq(driftAlert.id, input.alertId)).for('no key update'),
    );
    await tx
      .select({ id: service.id })
      .from(service)
      .where(eq(service.id, alert.serviceId))
      .for('no key update');
    const { requestId, state, draft } = await openRetrain(
      tx,
      { alert, by: principal },
      { now, origin: ctx.origin },
    );
    return { result: { requestId, state }, audit: [draft] };
  },
);

/** Ends a request without a version. What runs in the cluster goes on; nobody waits for it any more. */
export const closeRetrain = command(
  {
    permission: 'retrains.close',
    schema: z.object({
      requestId: idSchema,
      reason: z.string().trim().min(1, 'Say why.').max(1_000),
    }),
    project: (tx, input) => rowProject(tx, retrainRequest, input.requestId),
  },
  async ({ tx, input, now, ctx }) => {
    const { request, state } = await lockRetrain(tx, input.requestId, now);
    refuse(closeRetrainRefusal(state));
    await moveRetrain(tx, request, { state: 'closed', now, origin: ctx.origin });
    return {
      result: { requestId: request.id, state: 'closed' as const },
      audit: [
        {
          ...retrainObject(request),
          sentence: `closed the request for a retraining of ${retrainName(request)}`,
          before: { state: request.state },
          after: { state: 'closed' },
          comment: input.reason,
        },
      ],
    };
  },
);
