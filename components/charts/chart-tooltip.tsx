'use client';

import { type ChartUnit, formatUnit } from '../../domain/chart/chart-unit.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { formatExact } from '../../domain/time-format.ts';
import { useZone } from '../ui/clock.tsx';
import { LineSwatch } from './line-swatch.tsx';

type ChartTooltipProps = { chart: PreparedChart; at: number; unit: ChartUnit };

export function ChartTooltip({ chart, at, unit }: ChartTooltipProps) {
  const zone = useZone();
  const row = chart.rows.find((each) => each.at === at);
  return (
    <div className="rounded-md bg-raised px-2.5 py-2 text-xs shadow-raised">
      <div className="mb-1 text-ink-muted">
        {formatExact(at, zone, { seconds: chart.full.stepMs < 60_000 })}
      </div>
      {chart.lines.map((line) => {
        const value = row?.[line.key];
        return (
          <div key={line.key} className="flex items-center gap-2">
            <LineSwatch look={line} />
            <span className="flex-1 text-ink-muted">{line.label}</span>
            <span className="pl-3 font-medium">
              {formatUnit(typeof value === 'number' ? value : null, unit)}
            </span>
          </div>
        );
      })}
    </div>
  );
}
