'use client';

import { ChartLine } from 'lucide-react';
import type { Check } from '../../domain/rollout-plan.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { ChartRangeName } from './chart-range.ts';
import { metricSpec, prepareMarks, prepareMetrics } from './prepare-series.ts';
import { auditHref } from './prepare-timeline.ts';
import type { MetricSeries } from './rollout-answers.ts';
import { useServiceNow } from './service-clock.tsx';

type Props = {
  readonly serviceId: string;
  readonly title: string;
  readonly answer: MetricSeries | null;
  readonly error: string | null;
  readonly checks: readonly Check[];
  readonly range: {
    readonly value: ChartRangeName;
    readonly options: readonly { value: ChartRangeName; label: string }[];
    readonly onChange: (range: ChartRangeName) => void;
  };
};

const nothing: MetricSeries = {
  range: { from: new Date(0), to: new Date(1) },
  stepMs: 0,
  slowerThanMs: null,
  revisions: [],
  marks: [],
};

/** Four charts on one time axis; while they load they keep their room. */
export function MetricCharts({ serviceId, title, answer, error, checks, range }: Props) {
  const shown = answer ?? nothing;
  const nowMs = useServiceNow(60_000);
  const marks = prepareMarks(shown, auditHref);
  const rangeMs = {
    from: shown.range.from.getTime(),
    // A finished rollout is shown with what came after it, but never with what has not come yet.
    to: Math.max(shown.range.from.getTime() + 1, Math.min(shown.range.to.getTime(), nowMs + 60_000)),
  };
  return (
    <Panel
      title={title}
      actions={
        <Segmented label="Time range" value={range.value} options={range.options} onChange={range.onChange} />
      }
    >
      {answer !== null && answer.revisions.length === 0 ? (
        <EmptyState icon={ChartLine} title="Nothing was measured in this time">
          Lines appear here as soon as a revision takes traffic.
        </EmptyState>
      ) : (
        <div className="grid grid-cols-1 gap-x-6 gap-y-6 lg:grid-cols-2">
          {prepareMetrics(shown, checks).map((metric) => (
            <LineChart
              key={metric.key}
              title={metric.title}
              unit={metric.unit}
              series={metric.series}
              thresholds={metric.thresholds}
              marks={metric.key === 'requestsPerSecond' ? marks : []}
              rangeMs={rangeMs}
              stepMs={shown.stepMs}
              height={180}
              spec={metricSpec(metric.key, { serviceId, slowerThanMs: shown.slowerThanMs })}
              state={error !== null ? { error } : answer === null ? 'loading' : 'ready'}
            />
          ))}
        </div>
      )}
    </Panel>
  );
}
