'use client';

import { area, line as lineShape } from 'd3-shape';
import { useMemo } from 'react';
import {
  DefaultZIndexes,
  useActiveTooltipLabel,
  useIsTooltipActive,
  useXAxisScale,
  useYAxisScale,
  ZIndexLayer,
} from 'recharts';
import { chartLook } from '../../domain/chart/chart-look.ts';
import type { ChartRow, PreparedChart, PreparedLine } from '../../domain/chart/prepare-chart.ts';
import { MarkerShape } from './line-swatch.tsx';

type Scale = (value: number) => number;
type Scales = { readonly x: Scale; readonly y: Scale };

/**
 * Bands, lines and end markers on the axes of the chart around them, as paths of their own: recharts' `Line` and `Area` keep
 * an object for each point, which makes a chart of thousands several times slower to mount.
 */
export function ChartLines({ chart }: { chart: PreparedChart }) {
  const [x, y] = [useXAxisScale(), useYAxisScale()];
  const isReady = x !== undefined && y !== undefined;
  const paths = useMemo(() => {
    if (!isReady) return [];
    const scales = { x: (at: number) => x(at) ?? 0, y: (value: number) => y(value) ?? 0 };
    return chart.lines.map((line) => ({ line, ...pathsOf(chart, line, scales), end: endOf(line, scales) }));
  }, [chart, x, y, isReady]);
  return (
    <>
      <ZIndexLayer zIndex={DefaultZIndexes.area}>
        {paths.map(
          ({ line, band }) =>
            band !== '' && (
              <path key={line.key} d={band} fill={line.color} fillOpacity={chartLook.bandOpacity} />
            ),
        )}
      </ZIndexLayer>
      <ZIndexLayer zIndex={DefaultZIndexes.line}>
        {paths.map(({ line, solid, open }) => (
          <g key={line.key} fill="none" stroke={line.color} strokeWidth={chartLook.lineWidth}>
            <path data-line={line.key} d={solid} strokeDasharray={line.dash} />
            {open !== '' && (
              <path d={open} strokeDasharray={chartLook.openDash} strokeOpacity={chartLook.openOpacity} />
            )}
          </g>
        ))}
      </ZIndexLayer>
      <ZIndexLayer zIndex={DefaultZIndexes.scatter}>
        {paths.map(
          ({ line, end }) =>
            end !== null && <MarkerShape key={line.key} {...end} look={line} isOpen={line.last?.isOpen} />,
        )}
      </ZIndexLayer>
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
export function ActiveDots({ chart }: { chart: PreparedChart }) {
  const [x, y] = [useXAxisScale(), useYAxisScale()];
  const label = useActiveTooltipLabel();
  const isActive = useIsTooltipActive();
  if (!isActive || typeof label !== 'number' || x === undefined || y === undefined) return null;
  const row = chart.rows.find(({ at }) => at === label);
  return (
    <ZIndexLayer zIndex={DefaultZIndexes.activeDot}>
      {chart.lines.map(({ key, color }) => {
        const value = row?.[key];
        return (
          typeof value === 'number' && (
            <circle
              key={key}
              cx={x(label)}
              cy={y(value)}
              r={3}
              fill={color}
              stroke="var(--surface)"
              strokeWidth={1.5}
            />
          )
        );
      })}
    </ZIndexLayer>
  );
}
