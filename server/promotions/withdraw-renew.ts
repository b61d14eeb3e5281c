import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { promotion } from '../../db/schema/promotions.ts';
import { idSchema } from '../../domain/name.ts';
import { refuse } from '../../domain/refusal.ts';
import { rolloutPlanSchema } from '../../domain/rollout-plan.ts';
import { endApprovalNeeded } from '../approval-notice.ts';
import { command } from '../command.ts';
import { renewRefusal, stateRefusal } from '../rows/promotion-judgement.ts';
import { loadRevision } from '../rows/revision-record.ts';
import { rowProject } from '../rows/row-project.ts';
import { lockService } from '../rows/service-record.ts';
import { wakeService } from '../wake-service.ts';
import { loadDraft } from './draft.ts';
import { draftRefusals } from './draft-judgement.ts';
import { factsOf, lockedFacts, lockPromotion } from './lock.ts';
import { insertPromotion, noteSchema } from './request.ts';

/** Takes a request back before its rollout has started. */
export const withdrawPromotion = command(
  {
    permission: 'promotions.withdraw',
    schema: z.object({ promotionId: idSchema, comment: noteSchema.default('') }),
    project: 'locked',
    ahead: lockedFacts,
  },
  async ({ tx, input, ahead: facts, now }) => {
    refuse(stateRefusal(facts, 'withdraw'));
    const { name } = facts;
    await tx
      .update(promotion)
      .set({ state: 'withdrawn', decidedAt: now, outcome: null })
      .where(eq(promotion.id, facts.promotion.id));
    await endApprovalNeeded(tx, { ...facts.promotion, ...input }, now);
    await wakeService(tx, facts.promotion.serviceId, now);
    return {
      result: { promotionId: facts.promotion.id, state: 'withdrawn' as const },
      audit: [
        {
          object: { kind: 'promotion', id: facts.promotion.id, name },
          sentence: `withdrew the request of ${name}`,
          before: { state: facts.promotion.state },
          after: { state: 'withdrawn' },
          comment: input.comment === '' ? undefined : input.comment,
          related: [{ kind: 'service', id: facts.promotion.serviceId }],
        },
      ],
    };
  },
);

/** Asks again for the same revision and plan, against what is live and in force now; nothing of the old signatures counts. */
export const renewPromotion = command(
  {
    permission: 'promotions.renew',
    schema: z.object({ promotionId: idSchema, note: noteSchema.optional() }),
    project: (tx, input) => rowProject(tx, promotion, input.promotionId),
  },
  async ({ tx, input, principal, now, ctx }) => {
    const rows = await tx
      .select({ serviceId: promotion.serviceId })
      .from(promotion)
      .where(eq(promotion.id, input.promotionId));
    const record = await lockService(tx, rows[0]?.serviceId ?? '');
    const facts = await factsOf(tx, await lockPromotion(tx, input), now);
    refuse(renewRefusal(facts));
    const revision = await loadRevision(tx, facts.promotion.toRevisionId);
    const draft = await loadDraft(tx, {
      record,
      input: {
        serviceId: record.row.id,
        modelVersionId: revision.version.id,
        spec: revision.spec,
        plan: rolloutPlanSchema.parse(facts.promotion.plan),
      },
      principal,
      now,
    });
    refuse(draftRefusals(draft)[0] ?? null);
    return await insertPromotion(tx, draft, {
      note: input.note ?? facts.promotion.note,
      requestedBy: principal,
      now,
      origin: ctx.origin,
    });
  },
);
