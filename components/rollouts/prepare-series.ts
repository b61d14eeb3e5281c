import type { ChartMark, ChartSeries, ChartThreshold } from '../../domain/chart/chart-series.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import type { ChartUnit } from '../../domain/chart/chart-unit.ts';
import { shareText } from '../../domain/figure-text.ts';
import type { Check } from '../../domain/rollout-plan.ts';
import type { MetricSeries } from './rollout-answers.ts';

type Metric = 'requestsPerSecond' | 'errorShare' | 'slowShare' | 'p95Ms';

export type PreparedMetric = {
  readonly key: Metric;
  readonly title: string;
  readonly unit: ChartUnit;
  readonly series: readonly ChartSeries[];
  readonly thresholds: readonly ChartThreshold[];
};

const roleWords = { stable: 'Stable', canary: 'Canary', other: 'Revision' } as const;

/** The four charts in their order, each revision a line, each rail of the plan a labelled threshold. */
export function prepareMetrics(answer: MetricSeries, checks: readonly Check[]): PreparedMetric[] {
  const slow =
    answer.slowerThanMs === null ? 'Share of slow requests' : `Slower than ${answer.slowerThanMs} ms`;
  const metrics: readonly { key: Metric; title: string; unit: ChartUnit }[] = [
    { key: 'errorShare', title: 'Error share', unit: 'share' },
    { key: 'slowShare', title: slow, unit: 'share' },
    { key: 'p95Ms', title: 'Latency, 95th percentile', unit: 'ms' },
    { key: 'requestsPerSecond', title: 'Requests', unit: 'perSecond' },
  ];
  return metrics.map((metric) => ({
    ...metric,
    series: answer.revisions.map((revision) => ({
      key: `r${revision.number}`,
      label: `${roleWords[revision.role]} ${revision.number}`,
      role: revision.role,
      points: revision[metric.key],
    })),
    thresholds: thresholdsOf(metric.key, checks),
  }));
}

function thresholdsOf(metric: Metric, checks: readonly Check[]): ChartThreshold[] {
  const of = metric === 'errorShare' ? 'errors' : metric === 'slowShare' ? 'slow' : null;
  return checks.flatMap((check) =>
    check.kind === 'threshold' && check.of === of
      ? [{ value: check.max, label: `Rail at ${shareText(check.max)}`, tone: 'bad' as const }]
      : [],
  );
}

const specKinds = { errorShare: 'errorShare', p95Ms: 'latency', requestsPerSecond: 'requests' } as const;

type Measured = { readonly serviceId: string; readonly slowerThanMs: number | null };

/** The same measure as a chart that can be shared; undefined while nothing says what slow is. */
export function metricSpec(metric: Metric, { serviceId, slowerThanMs }: Measured): ChartSpec | undefined {
  if (metric !== 'slowShare') return { kind: specKinds[metric], serviceId };
  return slowerThanMs === null ? undefined : { kind: metric, serviceId, slowerThanMs };
}

/** More marks than these hide the chart; the timeline has them all. */
const markCount = 6;
const markLength = 72;

/** The newest audit entries as marks that link to themselves. */
export function prepareMarks(answer: MetricSeries, hrefOf: (seq: number) => string): ChartMark[] {
  return answer.marks.slice(-markCount).map((mark) => ({
    at: mark.at.getTime(),
    label: shortLabel(mark.label),
    href: hrefOf(mark.auditSeq),
  }));
}

function shortLabel(label: string): string {
  const text = label.charAt(0).toUpperCase() + label.slice(1);
  return text.length <= markLength ? text : `${text.slice(0, markLength - 1).trimEnd()}…`;
}
