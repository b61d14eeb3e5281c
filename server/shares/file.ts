import * as z from 'zod';
import { chartCsv } from '../../domain/chart/chart-csv.ts';
import { anyChartSpecSchema } from '../../domain/chart/chart-spec.ts';
import { namedSeries } from '../../domain/chart/named-answer.ts';
import { prepareChart } from '../../domain/chart/prepare-chart.ts';
import { idSchema } from '../../domain/name.ts';
import { rangeAt, shareFormats, shareRangeSchema } from '../../domain/share/share-content.ts';
import { chartAnswer } from '../charts/chart-answer.ts';
import { chartPng } from '../pictures/chart-png.ts';
import { chartSvg } from '../pictures/chart-svg.ts';
import { type QueryRun, query } from '../query.ts';

const widthPx = 1_000;
const picture = { width: widthPx, height: 420, zone: 'utc' as const };

const fields = {
  spec: anyChartSpecSchema,
  range: shareRangeSchema,
  format: z.enum(shareFormats),
  theme: z.enum(['light', 'dark']),
};
const fieldsSchema = z.object(fields);

/** A chart as a file for members of the project, with its names; PNG in base64. */
export const shareFile = query(
  {
    permission: 'shares.file',
    schema: z.object({ projectId: idSchema, ...fields }),
    project: (_db, input) => input.projectId,
  },
  (run) => fileOf(run, run.projectId),
);

/** The same of a chart of the instance. */
export const instanceShareFile = query(
  { permission: 'instanceShares.file', schema: fieldsSchema, project: 'instance' },
  (run) => fileOf(run, null),
);

async function fileOf(
  { db, input: { spec, range, format, theme }, ctx }: QueryRun<z.output<typeof fieldsSchema>>,
  projectId: string | null,
) {
  const now = await ctx.clock(db);
  const answer = await chartAnswer(db, {
    projectId,
    spec,
    range: rangeAt(range, now.getTime()),
    now,
    maxPoints: 2 * widthPx,
  });
  switch (format) {
    case 'png':
      return {
        content: (await chartPng(answer, { ...picture, theme, scale: 2 })).toString('base64'),
        isBase64: true,
      };
    case 'svg':
      return { content: chartSvg(answer, { ...picture, theme }), isBase64: false };
    case 'csv':
      return {
        content: chartCsv(prepareChart({ ...answer, series: namedSeries(answer), widthPx, zone: 'utc' })),
        isBase64: false,
      };
    case 'json':
      return { content: JSON.stringify(answer, null, 2), isBase64: false };
  }
}
