'use client';

import { useRef, useState } from 'react';
import type { ChartUnit } from '../../domain/chart/chart-unit.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { ChartLines } from './chart-lines.tsx';
import type { PointedChart } from './pointed-chart.tsx';

export type TimeSeriesChartProps = {
  readonly chart: PreparedChart;
  readonly unit: ChartUnit;
  readonly width: number;
  readonly height: number;
  readonly label: string;
};

type Pointed = { readonly Chart: typeof PointedChart; readonly isFocused: boolean };

/**
 * A chart as it stands. What tells of one step weighs more than a page and takes longer to mount than all that is drawn, so it
 * takes the place of the drawing when somebody points at it or focuses it; one that cannot be fetched leaves the drawing.
 */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { chart, width, height, label } = props;
  const drawing = useRef<SVGSVGElement>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  if (pointed !== null) return <pointed.Chart {...props} isFocused={pointed.isFocused} />;
  const point = async () => {
    const { PointedChart: Chart } = await import('./pointed-chart.tsx');
    setPointed({ Chart, isFocused: document.activeElement === drawing.current });
  };
  const pointIfFetched = () => void point().catch(() => undefined);
  return (
    // What answers to pointer and keys takes the place of the drawing.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <svg
      ref={drawing}
      width={width}
      height={height}
      role="application"
      aria-label={label}
      tabIndex={0}
      onPointerEnter={pointIfFetched}
      onFocus={pointIfFetched}
      className="block"
    >
      <ChartLines chart={chart} width={width} height={height} />
    </svg>
  );
}
