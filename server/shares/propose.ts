import * as z from 'zod';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import { idSchema } from '../../domain/name.ts';
import { proposeLabels } from '../../domain/share/propose-labels.ts';
import { rangeAt, shareContentSchema, shareRangeSchema } from '../../domain/share/share-content.ts';
import { chartAnswer } from '../charts/chart-answer.ts';
import { type QueryRun, query } from '../query.ts';

const fields = { charts: shareContentSchema.shape.charts, range: shareRangeSchema };
const fieldsSchema = z.object(fields);

/** Subjects that the charts name now, with labels that strangers may read instead. */
export const proposeShare = query(
  {
    permission: 'shares.propose',
    schema: z.object({ projectId: idSchema, ...fields }),
    project: (_db, input) => input.projectId,
  },
  (run) => proposed(run, run.projectId),
);

/** The same of charts of the instance. */
export const proposeInstanceShare = query(
  { permission: 'instanceShares.propose', schema: fieldsSchema, project: 'instance' },
  (run) => proposed(run, null),
);

async function proposed(
  { db, input, ctx }: QueryRun<z.output<typeof fieldsSchema>>,
  projectId: string | null,
) {
  const now = await ctx.clock(db);
  const answers: ChartAnswer[] = [];
  for (const { spec } of input.charts)
    answers.push(
      await chartAnswer(db, {
        projectId,
        spec,
        range: rangeAt(input.range, now.getTime()),
        now,
        maxPoints: 20,
      }),
    );
  return { labels: proposeLabels(answers) };
}
