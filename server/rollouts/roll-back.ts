import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { takeOverRefusal } from '../../domain/take-over.ts';
import type { AuditDraft } from '../audit/append.ts';
import { clockOffsetMs } from '../clock.ts';
import { command } from '../command.ts';
import { insertRollBack } from '../insert-roll-back.ts';
import { rollBackRefusal, rollBackTarget } from '../roll-back-target.ts';
import { activeRollouts } from '../rows/active-rollouts.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { lockService } from '../rows/service-record.ts';
import { wakeService } from '../wake-service.ts';
import { act, keepCanaryMsSchema, reasonSchema } from './commands.ts';

const rollBackSchema = z.union([
  z.object({
    rolloutId: idSchema,
    reason: reasonSchema.default(''),
    keepCanaryMs: keepCanaryMsSchema.optional(),
  }),
  z.object({ serviceId: idSchema, reason: reasonSchema.default('') }),
]);
type Input = z.output<typeof rollBackSchema>;

type RolledBack = { readonly rolloutId: string; readonly generation: number; readonly started: boolean };

/**
 * Sends traffic back: of a rollout under way by its goal, of a service at rest by a new rollout to the revision before.
 * Neither needs an approval, because that revision was approved and has served.
 */
export const rollBack = command(
  {
    permission: 'rollouts.rollBack',
    schema: rollBackSchema,
    project: (tx, input) =>
      'rolloutId' in input
        ? rowProject(tx, rollout, input.rolloutId)
        : rowProject(tx, service, input.serviceId),
  },
  async (run): Promise<{ result: RolledBack; audit: [AuditDraft] }> => {
    const { tx, input, principal, now } = run;
    const record = await lockService(tx, await serviceIdOf(tx, input));
    const active = (await activeRollouts(tx, [record.row.id])).get(record.row.id) ?? null;
    refuseOther(input, active?.id ?? null);
    const target = await rollBackTarget(tx, record.row);
    refuse(rollBackRefusal({ mode: record.row.mode, target, active }));
    refuse(takeOverRefusal('rollOut', { takeOver: record.takeOver, rolloutActive: active !== null }));
    const { reason } = input;
    if (active !== null) {
      const keepCanaryMs = 'rolloutId' in input ? input.keepCanaryMs : undefined;
      const order = { verb: 'rollBack', rolloutId: active.id, reason, keepCanaryMs } as const;
      const { result, audit } = await act(run, order);
      return { result: { ...result, started: false }, audit };
    }
    const { environment } = record;
    const at = new Date(now.getTime() + (await clockOffsetMs(tx, environment.clusterId)));
    const { rolloutId, draft } = await insertRollBack(tx, record, {
      target: target ?? '',
      startedBy: principal.id,
      at,
    });
    await wakeService(tx, record.row.id, now);
    return {
      result: { rolloutId, generation: 1, started: true },
      audit: [{ ...draft, comment: reason === '' ? undefined : reason }],
    };
  },
);

async function serviceIdOf(tx: Transaction, input: Input): Promise<string> {
  if ('serviceId' in input) return input.serviceId;
  const rows = await tx
    .select({ serviceId: rollout.serviceId })
    .from(rollout)
    .where(eq(rollout.id, input.rolloutId));
  return onlyRow(rows).serviceId;
}

/** A page that shows an ended rollout must not stop a newer one by surprise. */
function refuseOther(input: Input, activeId: string | null): void {
  if (!('rolloutId' in input) || activeId === null || activeId === input.rolloutId) return;
  throw new DomainError({
    code: 'rolloutActive',
    message: 'A newer rollout of this service is under way.',
    params: { rolloutId: activeId },
    fix: 'Roll that one back, or abort it.',
  });
}
