import type { Words } from '../../domain/chart/chart-answer.ts';
import type { ChartSeries } from '../../domain/chart/chart-series.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import { chartStep } from '../../domain/chart/chart-step.ts';
import { durationText } from '../../domain/figure-text.ts';
import { burnLimit, burnPolicies, objectivesOf, rateText } from '../../domain/objective.ts';
import { objectivesSchema } from '../../domain/objective-schema.ts';
import { burnSeries } from '../../domain/objective-series.ts';
import { hourCounts } from '../rows/objective-counts.ts';
import type { ChartAsk, ChartPart } from './chart-part.ts';
import { type ChartService, chartService, onBoard, rangeOfService, serviceNames } from './chart-service.ts';

type BurnSpec = Extract<ChartSpec, { kind: 'burnRate' }>;

const hourMs = 3_600_000;

/** How fast the budget of a promise burns at the end of each hour; hours before the last 28 days, and windows measured less than half, are gaps. */
export async function burnRatePart(ask: ChartAsk, spec: BurnSpec): Promise<ChartPart> {
  const service = await chartService(ask, spec.serviceId);
  const policy = burnPolicies.find(({ key }) => key === spec.window) ?? burnPolicies[0];
  const promise = promiseOf(service, spec);
  const stepMs = chartStep(ask.range, ask.maxPoints, hourMs);
  const title = `How fast the budget burns: ${spec.promise === 'errors' ? 'errors' : 'slow answers'}`;
  const common = { title, unit: 'times' as const, stepMs, names: serviceNames(service) };
  if (promise === undefined || policy === undefined)
    return { ...common, series: [], thresholds: [], words: ['Nothing of this kind is promised.'] };
  const range = rangeOfService(ask.range, service);
  const now = new Date(ask.now.getTime() + service.offsetMs);
  const hours = await hourCounts(ask.db, {
    serviceId: spec.serviceId,
    now,
    slowerThanMs: promise.slowerThanMs,
  });
  const all = burnSeries(hours[spec.promise], {
    fromMs: range.from.getTime(),
    toMs: Math.min(range.to.getTime(), now.getTime()),
    windowMs: policy.longMs,
    budgetPpm: promise.budgetPpm,
  });
  const every = stepMs / hourMs;
  const points: ChartSeries['points'] = onBoard(
    all.filter((_, index) => (all.length - 1 - index) % every === 0),
    service.offsetMs,
  );
  const limit = burnLimit(policy);
  return {
    ...common,
    series: [
      {
        key: policy.key,
        label: `Burn rate over ${durationText(policy.longMs)}`,
        subject: null,
        role: 'stable',
        points,
      },
    ],
    thresholds: [
      {
        value: limit,
        label: `Alerts from ${rateText(limit)}`,
        tone: policy.severity === 'high' ? 'bad' : 'warn',
      },
    ],
    words: wordsOf(points.findLast(([, value]) => value !== null)?.[1] ?? null),
  };
}

function promiseOf({ row }: ChartService, { promise }: BurnSpec) {
  if (row.objectives === null) return undefined;
  return objectivesOf(objectivesSchema.parse(row.objectives)).find(({ kind }) => kind === promise);
}

function wordsOf(last: number | null): Words {
  if (last === null) return ['Too little was measured to say.'];
  if (last === 0) return ['Nothing of the budget is being used.'];
  return [
    last <= 1
      ? `The budget lasts: it is used at ${rateText(last)} of the pace that would use it up in 28 days.`
      : `At this pace the budget of 28 days is used up ${rateText(last)} as fast as allowed.`,
  ];
}
