import type { Queries } from '../../db/client.ts';
import type { ChartAnswer } from '../../domain/chart/chart-answer.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import type { AnyChartSpec, ChartSpec, InstanceChartSpec } from '../../domain/chart/chart-spec.ts';
import { isOfInstance } from '../../domain/chart/of-instance.ts';
import { otherSideRefusal } from '../../domain/share/share-side.ts';
import { budgetPart } from './budget.ts';
import { burnRatePart } from './burn-rate.ts';
import type { ChartAsk, ChartPart, OwnedChartAsk } from './chart-part.ts';
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
  /** Null for a chart of the instance. */
  readonly projectId: string | null;
  readonly spec: AnyChartSpec;
  readonly range: ChartRange;
  readonly now: Date;
  /** Per series; a longer range has longer steps. */
  readonly maxPoints: number;
};

/**
 * What a chart of a project or of the instance shows over a range. Costs are drawn by whole days and budgets by their period, so
 * `range` of the answer may differ from the one asked for. Throws notFound when a subject is not the owner's, invalidInput when
 * the chart is of the other side. A chart of the instance has no marks.
 */
export async function chartAnswer(db: Queries, { projectId, spec, ...asked }: Asked): Promise<ChartAnswer> {
  if (projectId === null) {
    if (!isOfInstance(spec)) throw otherSideRefusal(projectId);
    const part = await instancePart({ db, projectId, ...asked }, spec);
    return { ...part, range: part.range ?? asked.range, marks: [], asOfMs: asked.now.getTime() };
  }
  if (isOfInstance(spec)) throw otherSideRefusal(projectId);
  const ask: ChartAsk = { db, projectId, ...asked };
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

function instancePart(ask: OwnedChartAsk, spec: InstanceChartSpec): Promise<ChartPart> {
  return spec.kind === 'instanceCost' ? costPart(ask, spec) : budgetPart(ask, spec);
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
