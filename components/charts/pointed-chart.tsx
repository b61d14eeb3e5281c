'use client';

import { useCallback, useEffect, useMemo, useState } from 'react';
import { ComposedChart, Tooltip, useActiveTooltipLabel, useIsTooltipActive, XAxis } from 'recharts';
import { plotEdges, plotScales } from '../../domain/chart/chart-plot.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { ChartLines } from './chart-lines.tsx';
import { ChartTooltip } from './chart-tooltip.tsx';
import type { TimeSeriesChartProps } from './time-series-chart.tsx';

/** The only file that knows recharts, which follows mouse and keyboard through the steps of a chart; it decides nothing. */
export function PointedChart(props: TimeSeriesChartProps & { readonly isFocused: boolean }) {
  const { chart, unit, width, height, label, isFocused } = props;
  const [isDismissed, setIsDismissed] = useState(false);
  // External system: the keyboard. The tooltip knows of no lines of its own, so it neither shows nor hides itself.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => setIsDismissed(event.key === 'Escape');
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  // External system: the focus, which stood on the drawing that this one replaces; recharts draws its own in a second pass.
  const takeFocus = useCallback(
    (surface: SVGSVGElement | null) => {
      if (isFocused) surface?.focus();
    },
    [isFocused],
  );
  const data = useMemo(() => chart.at.map((at) => ({ at })), [chart]);
  const { left, right, top, bottom } = plotEdges(chart, { x: 0, y: 0, width, height });
  return (
    <ComposedChart
      ref={takeFocus}
      width={width}
      height={height}
      data={data}
      margin={{ left, right: width - right, top, bottom: height - bottom }}
      aria-label={label}
      onMouseMove={() => setIsDismissed(false)}
    >
      <XAxis dataKey="at" type="number" domain={[chart.range.from, chart.range.to]} allowDataOverflow hide />
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--line-strong)' }}
        wrapperStyle={{ visibility: isDismissed ? 'hidden' : 'visible' }}
        content={({ active, label: at }) =>
          active && typeof at === 'number' ? <ChartTooltip chart={chart} at={at} unit={unit} /> : null
        }
      />
      <ChartLines chart={chart} width={width} height={height} />
      <ActiveDots chart={chart} width={width} height={height} />
    </ComposedChart>
  );
}

type DotsProps = { readonly chart: PreparedChart; readonly width: number; readonly height: number };

/** A dot on each line at the step that the tooltip tells of. */
function ActiveDots({ chart, width, height }: DotsProps) {
  const label = useActiveTooltipLabel();
  const isActive = useIsTooltipActive();
  if (!isActive || typeof label !== 'number') return null;
  const index = chart.at.indexOf(label);
  const { x, y } = plotScales(chart, plotEdges(chart, { x: 0, y: 0, width, height }));
  return chart.lines.map(({ key, color, values }) => {
    const value = values[index] ?? null;
    return value === null ? null : (
      <circle
        key={key}
        cx={x(label)}
        cy={y(value)}
        r={3}
        fill={color}
        stroke="var(--surface)"
        strokeWidth={1.5}
      />
    );
  });
}
