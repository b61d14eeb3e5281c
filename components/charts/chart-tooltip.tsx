'use client';

import { formatMarkTime, marksOfStep } from '../../domain/chart/chart-marks.ts';
import { type ChartUnit, formatUnit } from '../../domain/chart/chart-unit.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { formatExact } from '../../domain/time-format.ts';
import { useZone } from '../ui/clock.tsx';
import { LineSwatch } from './line-swatch.tsx';

const shownMarks = 6;

type ChartTooltipProps = { chart: PreparedChart; at: number; unit: ChartUnit };

export function ChartTooltip({ chart, at, unit }: ChartTooltipProps) {
  const zone = useZone();
  const index = chart.at.indexOf(at);
  const marks = marksOfStep(chart.marks, chart.at, index);
  const isOpen = chart.open !== null && at >= chart.open.at;
  return (
    <div className="rounded-md bg-raised px-2.5 py-2 text-xs shadow-raised">
      <div className="mb-1 text-ink-muted">
        {formatExact(at, zone, { seconds: chart.full.stepMs < 60_000 })}
        {isOpen && ', so far'}
      </div>
      {chart.lines.map((line) => (
        <div key={line.key} className="flex items-center gap-2">
          <LineSwatch look={line} />
          <span className="flex-1 text-ink-muted">{line.label}</span>
          <span className="pl-3 font-medium">{formatUnit(line.values[index], unit)}</span>
        </div>
      ))}
      {marks.slice(0, shownMarks).map((mark, place) => (
        <div key={`${place} ${mark.at}`} className="mt-0.5 flex gap-2 text-ink-muted">
          <span aria-hidden>▾</span>
          <span className="tabular-nums">{formatMarkTime(mark.at, chart.range, zone)}</span>
          <span className="max-w-56 truncate text-ink">{mark.label}</span>
        </div>
      ))}
      {marks.length > shownMarks && (
        <div className="mt-0.5 text-ink-muted">and {marks.length - shownMarks} more marks</div>
      )}
    </div>
  );
}
