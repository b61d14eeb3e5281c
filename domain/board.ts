import * as z from 'zod';
import { boardRanges, chartSizes, mostCharts } from './board-layout.ts';
import { chartSpecSchema } from './chart/chart-spec.ts';

const boardChartSchema = z.object({
  spec: chartSpecSchema,
  /** Instead of the chart's own; null keeps that. */
  title: z.string().trim().min(1).max(80).nullable(),
  size: z.enum(chartSizes),
});
export type BoardChart = z.infer<typeof boardChartSchema>;

/** What a board shows, in order; a version of a board is one of these and never changes. */
export const boardSpecSchema = z.object({
  schema: z.literal(1),
  /** Shown unless the address says otherwise. */
  range: z.enum(boardRanges),
  charts: z.array(boardChartSchema).max(mostCharts, `A board has at most ${mostCharts} charts.`),
});
export type BoardSpec = z.infer<typeof boardSpecSchema>;
