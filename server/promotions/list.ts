import * as z from 'zod';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { offsetOf, type Page, pageOf, pageSchema, searchSchema } from '../rows/paging.ts';
import { type PromotionRow, promotionRows } from '../rows/promotion-rows.ts';
import { inboxOf, searchPromotions } from '../rows/promotion-search.ts';

const statesOf = {
  all: undefined,
  open: ['open', 'approved'],
  ended: ['started', 'rejected', 'withdrawn', 'expired', 'voided'],
} as const;

/** Requests of the project, newest first; `waitsForMe` is the inbox of the caller. */
export const listPromotions = query(
  {
    permission: 'promotions.list',
    schema: pageSchema.extend({
      projectId: idSchema,
      filter: z.enum(['all', 'open', 'waitsForMe', 'ended']).default('all'),
      serviceId: idSchema.optional(),
      modelVersionId: idSchema.optional(),
      search: searchSchema,
    }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId, principal, ctx }): Promise<Page<PromotionRow>> => {
    const now = await ctx.clock(db);
    const viewer = { principal, projectId, now };
    const offset = offsetOf(input);
    if (input.filter === 'waitsForMe') {
      const inbox = await inboxOf(db, viewer);
      return pageOf(input, { rows: inbox.slice(offset, offset + input.pageSize), total: inbox.length });
    }
    const { serviceId, modelVersionId, search } = input;
    const { records, total } = await searchPromotions(
      db,
      { projectId, states: statesOf[input.filter], serviceId, modelVersionId, search },
      { limit: input.pageSize, offset },
    );
    return pageOf(input, { rows: await promotionRows(db, records, viewer), total });
  },
);
