import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { watchedRefusal } from '../../domain/adoption.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { type PromotionRetry, retryRefusal } from '../../domain/rollout-retry.ts';
import { takeOverRefusal } from '../../domain/take-over.ts';
import { command } from '../command.ts';
import { retryFacts } from '../rows/retry-facts.ts';
import { revisionRefs } from '../rows/revision-refs.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { lockService } from '../rows/service-record.ts';
import { wakeService } from '../wake-service.ts';
import { reasonSchema } from './commands.ts';

/**
 * Asks for one more attempt with the same revision and plan, from the given step. Its promotion becomes approved once
 * more, and the worker starts it as any other: with every check that a start makes.
 */
export const retryRollout = command(
  {
    permission: 'rollouts.retry',
    schema: z.object({
      rolloutId: idSchema,
      /** 1 for the first. */
      fromStep: z.int().min(1).max(20).default(1),
      reason: reasonSchema.default(''),
    }),
    project: (tx, input) => rowProject(tx, rollout, input.rolloutId),
  },
  async ({ tx, input, principal, now }) => {
    const [found] = await tx
      .select({ serviceId: rollout.serviceId })
      .from(rollout)
      .where(eq(rollout.id, input.rolloutId));
    const { row, environment, takeOver } = await lockService(tx, found?.serviceId ?? '');
    const record = onlyRow(await tx.select().from(rollout).where(eq(rollout.id, input.rolloutId)));
    const firstStepIndex = input.fromStep - 1;
    refuse(watchedRefusal(row));
    refuse(takeOverRefusal('rollOut', { takeOver, rolloutActive: false }));
    const facts = await retryFacts(tx, record, now);
    refuse(retryRefusal({ ...facts, firstStepIndex }));
    const retry: PromotionRetry = {
      schema: 1,
      rolloutId: record.id,
      firstStepIndex,
      requestedBy: principal.id,
    };
    const promotionId = record.promotionId ?? '';
    await tx
      .update(promotion)
      .set({ state: 'approved', retry, outcome: null })
      .where(eq(promotion.id, promotionId));
    await wakeService(tx, row.id, now);
    const revision = (await revisionRefs(tx, [record.toRevisionId])).of(record.toRevisionId);
    const from = firstStepIndex === 0 ? '' : ` from step ${input.fromStep}`;
    return {
      result: { rolloutId: record.id, promotionId },
      audit: [
        {
          object: { kind: 'rollout', id: record.id, name: `${row.name} in ${environment.name}` },
          sentence: `asked to retry revision ${revision.number} of ${row.name} in ${environment.name}${from}`,
          after: { promotionId, firstStepIndex },
          comment: input.reason === '' ? undefined : input.reason,
          related: [
            { kind: 'promotion', id: promotionId },
            { kind: 'service', id: row.id },
            { kind: 'serviceRevision', id: record.toRevisionId },
          ],
        },
      ],
    };
  },
);
