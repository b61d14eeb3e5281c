import type { ChartMark, ChartSeries, ChartThreshold } from '../../domain/chart/chart-series.ts';
import { countOf, durationText } from '../../domain/figure-text.ts';
import { objectivePeriodMs, rateText } from '../../domain/objective.ts';
import { auditHref } from '../rollouts/prepare-timeline.ts';
import type { Tone } from '../ui/tone.ts';
import type { ObjectivesAnswer } from './service-answers.ts';

export type Promised = ObjectivesAnswer['promises'][number];
export type BurnKey = Promised['series'][number]['key'];

const burnKeys = ['fast', 'steady', 'slow'] as const satisfies readonly BurnKey[];

/** "99.9 % without errors". */
export function promiseTitle({ kind, targetPercent, slowerThanMs }: Promised): string {
  return kind === 'errors'
    ? `${targetPercent} % of requests without an error`
    : `${targetPercent} % of requests within ${slowerThanMs ?? 0} ms`;
}

/** Rounded down, so that what misses its target never reads as met. */
export function goodText(goodShare: number): string {
  return `${Math.floor(goodShare * 100_000 + 1e-7) / 1_000} %`;
}

export type PromiseFacts = {
  readonly good: string;
  readonly goodTone: Tone;
  /** Of which requests, and how much of the 28 days was measured. */
  readonly basis: string;
  readonly budget: string;
  readonly budgetTone: Tone;
  readonly burn: string;
  readonly burnTone: Tone;
  readonly burnHint: string;
};

/** The figures of a promise; null when nothing gives any, and then `whyNoFigure` says why. */
export function promiseFacts(promise: Promised): PromiseFacts | null {
  const { attainment, burns } = promise;
  const { goodShare, budgetLeft, isMet, counts } = attainment;
  if (goodShare === null || budgetLeft === null) return null;
  const burning = burns.find((burn) => burn.verdict === 'burning');
  const now = burning ?? burns[0];
  return {
    good: goodText(goodShare),
    goodTone: isMet === false ? 'bad' : 'ok',
    basis: `${countOf(counts.requests, 'request')}, ${measuredText(counts.coveredMs)}`,
    budget: budgetText(budgetLeft),
    budgetTone: budgetLeft < 0 ? 'bad' : budgetLeft < 0.25 ? 'warn' : 'ok',
    burn: rateText(now?.longRate ?? null),
    burnTone: burning === undefined ? 'neutral' : burning.policy.severity === 'high' ? 'bad' : 'warn',
    burnHint:
      now === undefined ? '' : `over ${durationText(now.policy.longMs)}, alerts from ${rateText(now.limit)}`,
  };
}

function measuredText(coveredMs: number): string {
  const share = coveredMs / objectivePeriodMs;
  return share >= 0.995 ? 'all of 28 days measured' : `${durationText(coveredMs)} of 28 days measured`;
}

function budgetText(left: number): string {
  const percent = Math.abs(left * 100);
  const text = `${percent >= 10 ? Math.round(percent) : Number(percent.toFixed(1))} %`;
  return left < 0 ? `${text} over` : `${text} left`;
}

/** Why there is no figure for a promise. */
export function whyNoFigure({ kind, slowerThanMs, attainment }: Promised): string {
  if (attainment.counts.coveredMs > 0)
    return 'No figure yet: it was measured, but nobody asked anything in these 28 days.';
  return kind === 'latency'
    ? `No figure yet: none of the intervals measured so far has a bucket that ends at ${slowerThanMs ?? 0} ms. The first one comes within a minute of traffic, if the metrics have a duration histogram.`
    : 'No figure yet: no request was measured in these 28 days. The first figure comes within a minute of traffic, if the environment has a metrics source.';
}

export type BurnChart = {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly thresholds: readonly ChartThreshold[];
};

const windowLabels: Record<BurnKey, string> = { fast: '1 h', steady: '6 h', slow: '3 d' };
export const burnOptions = burnKeys.map((value) => ({ value, label: windowLabels[value] }));

/** One window of a promise's burn rate, with the rate from which on it alerts. */
export function burnChart(promise: Promised, key: BurnKey): BurnChart {
  const series = promise.series.find((each) => each.key === key);
  const burn = promise.burns.find((each) => each.policy.key === key);
  const window = windowLabels[key];
  return {
    title: `How fast the budget burns: ${promise.kind === 'errors' ? 'errors' : 'slow answers'}`,
    series: [
      {
        key,
        label: `Burn rate over ${window}`,
        role: 'stable',
        points: series?.points ?? [],
      },
    ],
    thresholds:
      burn === undefined
        ? []
        : [
            {
              value: burn.limit,
              label: `Alerts from ${rateText(burn.limit)}`,
              tone: burn.policy.severity === 'high' ? 'bad' : 'warn',
            },
          ],
  };
}

const markCount = 6;

/** The newest deploys and alerts as marks that lead to their audit entries. */
export function objectiveMarks(marks: ObjectivesAnswer['marks']): ChartMark[] {
  return marks.slice(-markCount).map((mark) => ({
    at: mark.at.getTime(),
    label: mark.label.length > 72 ? `${mark.label.slice(0, 71).trimEnd()}…` : mark.label,
    href: auditHref(mark.auditSeq),
  }));
}
