'use client';

import type { Check } from '../../domain/rollout-plan.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { metricSpec, prepareMetrics } from './prepare-series.ts';
import type { RecordPart } from './rollout-answers.ts';

type Props = {
  readonly serviceId: string;
  readonly part: RecordPart<'series'>;
  readonly checks: readonly Check[];
};

/** Both arms as they were when the record was frozen; the same charts as of a rollout under way. */
export function RecordCharts({ serviceId, part, checks }: Props) {
  if (part.kind === 'missing') return <p className="text-ink-muted">{part.why}</p>;
  const { from, to, stepMs, ...series } = part.value;
  const range = { from: new Date(from), to: new Date(to) };
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-6 lg:grid-cols-2">
      {prepareMetrics({ range, stepMs, marks: [], ...series }, checks).map((metric) => (
        <LineChart
          key={metric.key}
          title={metric.title}
          unit={metric.unit}
          series={metric.series}
          thresholds={metric.thresholds}
          rangeMs={{ from: range.from.getTime(), to: range.to.getTime() }}
          stepMs={stepMs}
          height={160}
          spec={metricSpec(metric.key, { serviceId, slowerThanMs: series.slowerThanMs })}
        />
      ))}
    </div>
  );
}
