'use client';

import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceDot,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { chartLook, toneColor, valueAxisWidth } from '../../domain/chart/chart-look.ts';
import type { MarkGroup } from '../../domain/chart/chart-marks.ts';
import type { ChartThreshold } from '../../domain/chart/chart-series.ts';
import type { ChartUnit } from '../../domain/chart/chart-unit.ts';
import type { ChartRow, PreparedChart, PreparedLine } from '../../domain/chart/prepare-chart.ts';
import { ChartTooltip } from './chart-tooltip.tsx';
import { MarkerShape } from './line-swatch.tsx';

type TimeSeriesChartProps = {
  chart: PreparedChart;
  unit: ChartUnit;
  width: number;
  height: number;
  label: string;
};

const axisText = { fill: 'var(--chart-axis)', fontSize: chartLook.axisFontSize };

/** The only file that knows recharts; it decides nothing. */
export function TimeSeriesChart({ chart, unit, width, height, label }: TimeSeriesChartProps) {
  const timeText = new Map(chart.timeTicks.map(({ at, text }) => [at, text]));
  const valueText = new Map(chart.valueTicks.map(({ value, text }) => [value, text]));
  return (
    <ComposedChart
      width={width}
      height={height}
      data={chart.rows}
      margin={chartLook.margin}
      aria-label={label}
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
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--line-strong)' }}
        content={({ active, label: at }) =>
          active && typeof at === 'number' ? <ChartTooltip chart={chart} at={at} unit={unit} /> : null
        }
      />
      {chart.lines.map(bandArea)}
      {chart.marks.map(markLine)}
      {chart.thresholds.filter((threshold) => !threshold.isOffScale).map(thresholdLine)}
      {chart.lines.map((line) => lineOf(line, chart.open))}
      {chart.lines.map((line) => openLineOf(line, chart.open))}
      {chart.lines.map(endMarker)}
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

function lineOf(line: PreparedLine, open: PreparedChart['open']) {
  const solid = (row: ChartRow) => (row.at < (open?.at ?? Number.POSITIVE_INFINITY) ? row[line.key] : null);
  return (
    <Line
      key={line.key}
      dataKey={open === null ? line.key : solid}
      name={line.label}
      type="linear"
      stroke={line.color}
      strokeWidth={chartLook.lineWidth}
      {...(line.dash === undefined ? {} : { strokeDasharray: line.dash })}
      dot={false}
      activeDot={{ r: 3, fill: line.color, stroke: 'var(--surface)', strokeWidth: 1.5 }}
      connectNulls={false}
      isAnimationActive={false}
    />
  );
}

/** The stretch to a step that is not over, so that what it has so far does not look like a fall. */
function openLineOf(line: PreparedLine, open: PreparedChart['open']) {
  if (open === null) return null;
  return (
    <Line
      key={`${line.key} open`}
      dataKey={(row: ChartRow) => (row.at >= open.joinAt ? row[line.key] : null)}
      type="linear"
      stroke={line.color}
      strokeWidth={chartLook.lineWidth}
      strokeDasharray={chartLook.openDash}
      strokeOpacity={chartLook.openOpacity}
      dot={false}
      activeDot={false}
      connectNulls={false}
      isAnimationActive={false}
      legendType="none"
      tooltipType="none"
    />
  );
}

function bandArea(line: PreparedLine) {
  if (line.bandKey === null) return null;
  return (
    <Area
      key={line.bandKey}
      dataKey={line.bandKey}
      type="linear"
      stroke="none"
      fill={line.color}
      fillOpacity={chartLook.bandOpacity}
      dot={false}
      activeDot={false}
      connectNulls={false}
      isAnimationActive={false}
      legendType="none"
      tooltipType="none"
    />
  );
}

function endMarker(line: PreparedLine) {
  if (line.last === null) return null;
  const { at, value, isOpen } = line.last;
  return (
    <ReferenceDot
      key={`${line.key} end`}
      x={at}
      y={value}
      shape={({ cx, cy }: { cx?: number; cy?: number }) => (
        <MarkerShape x={cx ?? 0} y={cy ?? 0} look={line} isOpen={isOpen} />
      )}
    />
  );
}
