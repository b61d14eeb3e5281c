import * as z from 'zod';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { offsetOf, type Page, pageOf, pageSchema, searchSchema } from '../rows/paging.ts';
import { type RolloutRow, rolloutRows } from '../rows/rollout-rows.ts';
import { searchRollouts } from '../rows/rollout-search.ts';

const endedOf = { all: undefined, active: false, ended: true } as const;

/** Rollouts of the project, newest first. */
export const listRollouts = query(
  {
    permission: 'rollouts.list',
    schema: pageSchema.extend({
      projectId: idSchema,
      serviceId: idSchema.optional(),
      filter: z.enum(['all', 'active', 'ended']).default('all'),
      search: searchSchema,
    }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }): Promise<Page<RolloutRow>> => {
    const { serviceId, search } = input;
    const { records, total } = await searchRollouts(
      db,
      { projectId, serviceId, search, ended: endedOf[input.filter] },
      { limit: input.pageSize, offset: offsetOf(input) },
    );
    return pageOf(input, { rows: await rolloutRows(db, records), total });
  },
);
