import type { Queries } from '../../db/client.ts';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';

/** What a chart is asked for: all of one project, at most `maxPoints` per series. */
export type ChartAsk = {
  readonly db: Queries;
  readonly projectId: string;
  readonly range: ChartRange;
  readonly now: Date;
  readonly maxPoints: number;
};

/** The same of a project or, with null, of the instance. */
export type OwnedChartAsk = Omit<ChartAsk, 'projectId'> & { readonly projectId: string | null };

/** What a family of charts answers; marks, and the range unless it has its own, are added for all alike. */
export type ChartPart = Omit<ChartAnswer, 'marks' | 'asOfMs' | 'range'> & {
  readonly range?: ChartRange | undefined;
};
