import * as z from 'zod';
import { chartSpecSchema } from '../../domain/chart/chart-spec.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { chartAnswer } from './chart-answer.ts';

const longestMs = 400 * 86_400_000;

/** One chart of the project over a range, for boards. */
export const readChart = query(
  {
    permission: 'charts.read',
    schema: z
      .object({
        projectId: idSchema,
        spec: chartSpecSchema,
        from: z.date(),
        to: z.date(),
        maxPoints: z.int().min(10).max(4_000).default(600),
      })
      .refine(({ from, to }) => from < to, 'The range ends after it begins.')
      .refine(({ from, to }) => to.getTime() - from.getTime() <= longestMs, 'Choose at most 400 days.'),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input: { spec, from, to, maxPoints }, projectId, ctx }) =>
    await chartAnswer(db, {
      projectId,
      spec,
      range: { from: from.getTime(), to: to.getTime() },
      now: await ctx.clock(db),
      maxPoints,
    }),
);
