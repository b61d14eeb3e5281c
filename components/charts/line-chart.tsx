'use client';

import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react';
import { chartSentence } from '../../domain/chart/chart-sentence.ts';
import type { ChartMark, ChartRange, ChartSeries, ChartThreshold } from '../../domain/chart/chart-series.ts';
import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import type { ChartUnit } from '../../domain/chart/chart-unit.ts';
import { prepareChart } from '../../domain/chart/prepare-chart.ts';
import { useZone } from '../ui/clock.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { ChartTable } from './chart-table.tsx';
import { useElementWidth } from './element-width.ts';

/** Fetched only when there is something to draw. */
const TimeSeriesChart = lazy(async () => ({
  default: (await import('./time-series-chart.tsx')).TimeSeriesChart,
}));

type ChartState = 'ready' | 'loading' | { error: string };

type LineChartProps = {
  title: string;
  unit: ChartUnit;
  series: readonly ChartSeries[];
  rangeMs: ChartRange;
  stepMs?: number | undefined;
  thresholds?: readonly ChartThreshold[] | undefined;
  marks?: readonly ChartMark[] | undefined;
  /** Where a step of sums begins that is not over. */
  openFromMs?: number | undefined;
  state?: ChartState | undefined;
  height?: number | undefined;
  sentence?: string | undefined;
  emptyText?: string | undefined;
  /** Of a chart that can be shared: what it is made of. */
  spec?: AnyChartSpec | undefined;
};

const assumedWidthPx = 600;

export function LineChart(props: LineChartProps) {
  const { title, unit, series, rangeMs, stepMs, thresholds, marks, openFromMs } = props;
  const { state = 'ready', height = 220 } = props;
  const zone = useZone();
  const [ref, width] = useElementWidth();
  const [isTable, setIsTable] = useState(false);
  const widthPx = width ?? assumedWidthPx;
  const { from, to } = rangeMs;
  const chart = useMemo(
    () =>
      prepareChart({
        series,
        unit,
        range: { from, to },
        stepMs,
        thresholds,
        marks,
        openFromMs,
        widthPx,
        zone,
      }),
    [series, unit, from, to, stepMs, thresholds, marks, openFromMs, widthPx, zone],
  );
  const sentence = props.sentence ?? chartSentence(title, chart, { unit, zone });
  const frame = {
    title,
    unit,
    chart,
    sentence,
    isTable,
    onToggle: () => setIsTable(!isTable),
    spec: props.spec,
  };
  return (
    <ChartFrame {...frame}>
      <div ref={ref} className="min-w-0" style={{ height }}>
        {typeof state === 'object' ? (
          <ChartNote tone="bad">{state.error}</ChartNote>
        ) : state === 'loading' ? (
          <Skeleton className="h-full w-full" />
        ) : chart.isEmpty ? (
          <ChartNote>{props.emptyText ?? 'No measurements in this time range.'}</ChartNote>
        ) : isTable ? (
          <ChartTable title={title} chart={chart} unit={unit} height={height} />
        ) : (
          <Suspense fallback={<Skeleton className="h-full w-full" />}>
            {width !== null && (
              <TimeSeriesChart chart={chart} unit={unit} width={width} height={height} label={sentence} />
            )}
          </Suspense>
        )}
      </div>
    </ChartFrame>
  );
}

function ChartNote({ tone, children }: { tone?: 'bad' | undefined; children: ReactNode }) {
  return (
    <div
      role={tone === 'bad' ? 'alert' : undefined}
      className="flex h-full items-center justify-center rounded-md border border-line border-dashed px-4 text-center text-ink-muted"
    >
      {children}
    </div>
  );
}
