'use client';

import { useMemo } from 'react';
import { chartLook } from '../../domain/chart/chart-look.ts';
import { type ChartPlot, chartPlot } from '../../domain/chart/chart-plot.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { MarkerShape } from './line-swatch.tsx';

type Props = { readonly chart: PreparedChart; readonly width: number; readonly height: number };

/**
 * The plot as paths and texts, as pictures of the server have it: axes, lines and areas of recharts keep an object for each
 * point and tick and are drawn in several passes, which makes a chart several times slower to mount.
 */
export function ChartLines({ chart, width, height }: Props) {
  const plot = useMemo(() => chartPlot(chart, { x: 0, y: 0, width, height }), [chart, width, height]);
  return (
    <>
      <path data-axis="grid" d={plot.grid} stroke="var(--chart-grid)" fill="none" />
      <AxisTexts axis="value" texts={plot.valueTexts} anchor="end" />
      <path d={plot.axis} stroke="var(--line-strong)" fill="none" />
      <AxisTexts axis="time" texts={plot.timeTexts} anchor="middle" />
      {plot.lines.map(
        ({ key, look, band }) =>
          band !== '' && (
            <path
              key={key}
              d={band}
              fill={look.color}
              fillOpacity={chartLook.bandOpacity}
              stroke={look.color}
              strokeWidth={chartLook.bandEdgeWidth}
            />
          ),
      )}
      {plot.marks.map(markShape)}
      {plot.limits.map(({ rule, color, label }) => (
        <path key={label.text} data-limit d={rule} stroke={color} fill="none" />
      ))}
      {plot.lines.map(({ key, look, solid, open }) => (
        <g key={key} fill="none" stroke={look.color} strokeWidth={chartLook.lineWidth}>
          <path data-line={key} d={solid} strokeDasharray={look.dash} />
          {open !== '' && <path data-open={key} d={open} strokeDasharray={chartLook.openDash} />}
        </g>
      ))}
      {plot.ends.map(({ key, ...end }) => (
        <MarkerShape key={key} {...end} />
      ))}
      {plot.limits.map(({ label: { x, y, text }, color }) => (
        <text
          key={text}
          x={x}
          y={y}
          textAnchor="end"
          fontSize={chartLook.axisFontSize}
          fill={color}
          paintOrder="stroke"
          stroke="var(--surface)"
          strokeWidth={3}
        >
          {text}
        </text>
      ))}
    </>
  );
}

type AxisTextsProps = {
  axis: 'value' | 'time';
  texts: ChartPlot['valueTexts'];
  anchor: 'end' | 'middle';
};

function AxisTexts({ axis, texts, anchor }: AxisTextsProps) {
  return (
    <g data-axis={axis} textAnchor={anchor} fontSize={chartLook.axisFontSize} fill="var(--chart-axis)">
      {texts.map(({ x, y, text }) => (
        <text key={`${x} ${y}`} x={x} y={y}>
          {text}
        </text>
      ))}
    </g>
  );
}

function markShape({ color, rule, sign, count }: ChartPlot['marks'][number]) {
  return (
    <g key={rule} fill={color}>
      {count !== null && (
        <text x={count.x} y={count.y} fontSize={chartLook.countFontSize}>
          {count.text}
        </text>
      )}
      <path data-mark d={rule} stroke={color} strokeDasharray={chartLook.markDash} fill="none" />
      <path d={sign} />
    </g>
  );
}
