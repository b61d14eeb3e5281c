'use client';

import { useEffect, useState } from 'react';
import { CartesianGrid, ComposedChart, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { chartLook, toneColor, valueAxisWidth } from '../../domain/chart/chart-look.ts';
import type { MarkGroup } from '../../domain/chart/chart-marks.ts';
import type { ChartThreshold } from '../../domain/chart/chart-series.ts';
import type { ChartUnit } from '../../domain/chart/chart-unit.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { ActiveDots, ChartLines } from './chart-lines.tsx';
import { ChartTooltip } from './chart-tooltip.tsx';

type TimeSeriesChartProps = {
  chart: PreparedChart;
  unit: ChartUnit;
  width: number;
  height: number;
  label: string;
};

const axisText = { fill: 'var(--chart-axis)', fontSize: chartLook.axisFontSize };

/** Together with its lines the only file that knows recharts; it decides nothing. */
export function TimeSeriesChart({ chart, unit, width, height, label }: TimeSeriesChartProps) {
  const [isDismissed, setIsDismissed] = useState(false);
  // External system: the keyboard. The tooltip knows of no lines of its own, so it neither shows nor hides itself.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => setIsDismissed(event.key === 'Escape');
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const timeText = new Map(chart.timeTicks.map(({ at, text }) => [at, text]));
  const valueText = new Map(chart.valueTicks.map(({ value, text }) => [value, text]));
  return (
    <ComposedChart
      width={width}
      height={height}
      data={chart.rows}
      margin={chartLook.margin}
      aria-label={label}
      onMouseMove={() => setIsDismissed(false)}
    >
      <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
      <XAxis
        dataKey="at"
        type="number"
        domain={[chart.range.from, chart.range.to]}
        ticks={chart.timeTicks.map(({ at }) => at)}
        tickFormatter={(at: number) => timeText.get(at) ?? ''}
        tick={axisText}
        tickLine={false}
        axisLine={{ stroke: 'var(--line-strong)' }}
        height={chartLook.timeAxisHeight}
        interval={0}
        allowDataOverflow
      />
      <YAxis
        domain={[chart.valueTicks[0]?.value ?? 0, chart.valueTicks.at(-1)?.value ?? 1]}
        ticks={chart.valueTicks.map(({ value }) => value)}
        tickFormatter={(value: number) => valueText.get(value) ?? ''}
        tick={axisText}
        tickLine={false}
        axisLine={false}
        width={valueAxisWidth(chart)}
        interval={0}
        allowDataOverflow
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--line-strong)' }}
        wrapperStyle={{ visibility: isDismissed ? 'hidden' : 'visible' }}
        content={({ active, label: at }) =>
          active && typeof at === 'number' ? <ChartTooltip chart={chart} at={at} unit={unit} /> : null
        }
      />
      {chart.marks.map(markLine)}
      {chart.thresholds.filter((threshold) => !threshold.isOffScale).map(thresholdLine)}
      <ChartLines chart={chart} size={{ width, height }} />
      <ActiveDots chart={chart} size={{ width, height }} />
    </ComposedChart>
  );
}

function markLine({ at, tone, marks }: MarkGroup) {
  const color = toneColor[tone];
  return (
    <ReferenceLine
      key={`mark ${at}`}
      x={at}
      stroke={color}
      strokeDasharray={chartLook.markDash}
      label={{
        value: marks.length === 1 ? '▾' : `▾${marks.length}`,
        position: 'top',
        fill: color,
        fontSize: 11,
        offset: 1,
      }}
    />
  );
}

function thresholdLine(threshold: ChartThreshold) {
  const color = toneColor[threshold.tone ?? 'bad'];
  return (
    <ReferenceLine
      key={threshold.label}
      y={threshold.value}
      stroke={color}
      label={{ value: threshold.label, position: 'insideBottomRight', fill: color, fontSize: 11, offset: 4 }}
    />
  );
}
