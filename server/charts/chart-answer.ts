import type { Queries } from '../../db/client.ts';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import { budgetPart } from './budget.ts';
import { burnRatePart } from './burn-rate.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { costPart } from './cost.ts';
import { deliveryPart } from './delivery.ts';
import { driftPart, windowRowsPart } from './drift.ts';
import { featurePart } from './feature.ts';
import { gpuUsePart } from './gpu-use.ts';
import { marksIn } from './marks.ts';
import { queriesPart } from './queries.ts';
import { templatePart } from './template.ts';
import { trafficPart } from './traffic.ts';

type Asked = {
  readonly projectId: string;
  readonly spec: ChartSpec;
  readonly range: ChartRange;
  readonly now: Date;
  /** Per series; a longer range has longer steps. */
  readonly maxPoints: number;
};

/**
 * What a chart of a project shows over a range. Costs are drawn by whole days and budgets by their period, so `range` of the
 * answer may differ from the one asked for. Throws notFound when a subject is not the project's.
 */
export async function chartAnswer(db: Queries, { spec, ...asked }: Asked): Promise<ChartAnswer> {
  const ask: ChartAsk = { db, ...asked };
  const serviceId = 'serviceId' in spec ? (spec.serviceId ?? null) : null;
  // Most charts are drawn over the range that was asked for, so both are read at once.
  const [part, marks] = await Promise.all([
    partOf(ask, spec),
    marksIn(ask, { range: asked.range, serviceId }),
  ]);
  const { range } = part;
  return {
    ...part,
    range: range ?? asked.range,
    marks: range === undefined ? marks : await marksIn(ask, { range, serviceId }),
    asOfMs: asked.now.getTime(),
  };
}

function partOf(ask: ChartAsk, spec: ChartSpec): Promise<ChartPart> {
  switch (spec.kind) {
    case 'requests':
    case 'errorShare':
    case 'latency':
    case 'weights':
    case 'comparison':
    case 'slowShare':
      return trafficPart(ask, spec);
    case 'cost':
      return costPart(ask, spec);
    case 'budget':
      return budgetPart(ask, spec);
    case 'gpuUse':
      return gpuUsePart(ask, spec);
    case 'template':
      return templatePart(ask, spec);
    case 'burnRate':
      return burnRatePart(ask, spec);
    case 'windowRows':
      return windowRowsPart(ask, spec);
    case 'queries':
      return queriesPart(ask, spec);
    case 'drift':
      return driftPart(ask, spec);
    case 'feature':
      return featurePart(ask, spec);
    case 'leadTime':
    case 'deploymentFrequency':
    case 'changeFailureShare':
    case 'timeToRestore':
      return deliveryPart(ask, spec);
  }
}
