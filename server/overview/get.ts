import { and, count, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { model } from '../../db/schema/models.ts';
import { promotion } from '../../db/schema/promotions.ts';
import { rollout } from '../../db/schema/rollouts.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { budgetInboxOf } from '../rows/budget-inbox.ts';
import { inboxOf } from '../rows/promotion-search.ts';
import { rebaseInboxOf } from '../rows/rebase-inbox.ts';
import { retrainInboxOf } from '../rows/retrain-inbox.ts';
import { rolloutRows } from '../rows/rollout-rows.ts';
import { searchRollouts } from '../rows/rollout-search.ts';
import { budgetStanding } from '../rows/tightest-budget.ts';
import { wrongItems } from './wrong.ts';

/** What waits for the caller, what is moving, what is wrong, and what it costs, on one screen. */
export const getOverview = query(
  {
    permission: 'overview.get',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId, principal, ctx }) => {
    const now = await ctx.clock(db);
    const [waitsForMe, budgetsForMe, retrainsForMe, rebasesForMe, moving, recent, counts] = await Promise.all(
      [
        inboxOf(db, { principal, projectId, now }),
        budgetInboxOf(db, { principal, projectId, now }),
        retrainInboxOf(db, { principal, projectId, now }),
        rebaseInboxOf(db, { principal, projectId, now }),
        rolloutsOf(db, { projectId, ended: false, limit: 50 }),
        rolloutsOf(db, { projectId, ended: true, limit: 5 }),
        countsOf(db, projectId),
      ],
    );
    const wrong = await wrongItems(db, { projectId, moving, principal, now });
    const costs = await budgetStanding(db, projectId);
    return {
      waitsForMe: waitsForMe.slice(0, 50),
      budgetsForMe,
      retrainsForMe,
      rebasesForMe,
      moving,
      wrong,
      recent,
      counts,
      costs,
      now,
    };
  },
);

async function rolloutsOf(db: Queries, wanted: { projectId: string; ended: boolean; limit: number }) {
  const { projectId, ended, limit } = wanted;
  const { records } = await searchRollouts(db, { projectId, ended }, { limit, offset: 0 });
  return await rolloutRows(db, records);
}

async function countsOf(db: Queries, projectId: string) {
  const [models, services, active, open] = await Promise.all([
    db
      .select({ models: count(), versions: sql<number>`coalesce(sum(${model.nextNumber} - 1), 0)::int` })
      .from(model)
      .where(eq(model.projectId, projectId)),
    db.select({ total: count() }).from(service).where(eq(service.projectId, projectId)),
    db
      .select({ total: count() })
      .from(rollout)
      .where(and(eq(rollout.projectId, projectId), isNull(rollout.endedAt))),
    db
      .select({ total: count() })
      .from(promotion)
      .where(and(eq(promotion.projectId, projectId), eq(promotion.state, 'open'))),
  ]);
  return {
    models: models[0]?.models ?? 0,
    versions: models[0]?.versions ?? 0,
    services: services[0]?.total ?? 0,
    activeRollouts: active[0]?.total ?? 0,
    openPromotions: open[0]?.total ?? 0,
  };
}
