'use client';

import { area, line as lineShape } from 'd3-shape';
import { useMemo } from 'react';
import { useActiveTooltipLabel, useIsTooltipActive } from 'recharts';
import { chartLook, valueAxisWidth } from '../../domain/chart/chart-look.ts';
import type { ChartRow, PreparedChart, PreparedLine } from '../../domain/chart/prepare-chart.ts';
import { MarkerShape } from './line-swatch.tsx';

type Scale = (value: number) => number;
type Scales = { readonly x: Scale; readonly y: Scale };
type Size = { readonly width: number; readonly height: number };
type Props = { readonly chart: PreparedChart; readonly size: Size };

/** The scales of the axes around the lines, known before recharts has measured anything; as pictures of the server have them. */
function scalesOf(chart: PreparedChart, { width, height }: Size): Scales {
  const { margin, timeAxisHeight } = chartLook;
  const { from, to } = chart.range;
  const [low, high] = [chart.valueTicks[0]?.value ?? 0, chart.valueTicks.at(-1)?.value ?? 1];
  const left = margin.left + valueAxisWidth(chart);
  const bottom = height - margin.bottom - timeAxisHeight;
  const across = width - margin.right - left;
  const up = bottom - margin.top;
  return {
    x: (at) => left + ((at - from) / Math.max(1, to - from)) * across,
    y: (value) => bottom - ((value - low) / (high - low)) * up,
  };
}

/**
 * Bands, lines and end markers as paths of their own: recharts' `Line` and `Area` keep an object for each point and wait for
 * its axes, which makes a chart of thousands several times slower to mount.
 */
export function ChartLines({ chart, size: { width, height } }: Props) {
  const paths = useMemo(() => {
    const scales = scalesOf(chart, { width, height });
    return chart.lines.map((line) => ({ line, ...pathsOf(chart, line, scales), end: endOf(line, scales) }));
  }, [chart, width, height]);
  return (
    <>
      {paths.map(
        ({ line, band }) =>
          band !== '' && (
            <path key={line.key} d={band} fill={line.color} fillOpacity={chartLook.bandOpacity} />
          ),
      )}
      {paths.map(({ line, solid, open }) => (
        <g key={line.key} fill="none" stroke={line.color} strokeWidth={chartLook.lineWidth}>
          <path data-line={line.key} d={solid} strokeDasharray={line.dash} />
          {open !== '' && (
            <path d={open} strokeDasharray={chartLook.openDash} strokeOpacity={chartLook.openOpacity} />
          )}
        </g>
      ))}
      {paths.map(
        ({ line, end }) =>
          end !== null && <MarkerShape key={line.key} {...end} look={line} isOpen={line.last?.isOpen} />,
      )}
    </>
  );
}

function pathsOf({ rows, open }: PreparedChart, { key, bandKey }: PreparedLine, { x, y }: Scales) {
  const shape = lineShape<ChartRow>()
    .defined((row) => typeof row[key] === 'number')
    .x(({ at }) => x(at))
    .y((row) => y(Number(row[key])));
  const solid = open === null ? rows : rows.filter(({ at }) => at < open.at);
  return {
    solid: shape(solid) ?? '',
    open: open === null ? '' : (shape(rows.filter(({ at }) => at >= open.joinAt)) ?? ''),
    band: bandKey === null ? '' : bandPath(rows, bandKey, { x, y }),
  };
}

function bandPath(rows: readonly ChartRow[], bandKey: string, { x, y }: Scales): string {
  const limits = (row: ChartRow) => {
    const value = row[bandKey];
    return typeof value === 'object' && value !== null ? value : null;
  };
  const shape = area<ChartRow>()
    .defined((row) => limits(row) !== null)
    .x(({ at }) => x(at))
    .y0((row) => y(limits(row)?.[0] ?? 0))
    .y1((row) => y(limits(row)?.[1] ?? 0));
  return shape(rows) ?? '';
}

function endOf({ last }: PreparedLine, { x, y }: Scales): { x: number; y: number } | null {
  return last === null ? null : { x: x(last.at), y: y(last.value) };
}

/** A dot on each line at the step that the tooltip tells of. */
export function ActiveDots({ chart, size }: Props) {
  const label = useActiveTooltipLabel();
  const isActive = useIsTooltipActive();
  if (!isActive || typeof label !== 'number') return null;
  const row = chart.rows.find(({ at }) => at === label);
  const { x, y } = scalesOf(chart, size);
  return chart.lines.map(({ key, color }) => {
    const value = row?.[key];
    return typeof value !== 'number' ? null : (
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
