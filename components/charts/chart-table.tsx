'use client';

import { formatMarkTime, marksOfStep } from '../../domain/chart/chart-marks.ts';
import { type ChartUnit, formatUnit } from '../../domain/chart/chart-unit.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { formatExact } from '../../domain/time-format.ts';
import { useZone } from '../ui/clock.tsx';

const maxRows = 200;

type ChartTableProps = { title: string; chart: PreparedChart; unit: ChartUnit; height: number };

/** The newest steps first; the CSV has them all. */
export function ChartTable({ title, chart, unit, height }: ChartTableProps) {
  const zone = useZone();
  const columns = chart.lines.map(
    (line) => chart.full.columns.find((column) => column.key === line.key)?.values ?? [],
  );
  const hasMarks = chart.marks.length > 0;
  const marksOf = (index: number) =>
    marksOfStep(chart.marks, chart.full.at, index)
      .map((mark) => `${formatMarkTime(mark.at, chart.range, zone)} ${mark.label}`)
      .join(', ');
  const isOpen = (index: number) => chart.open !== null && (chart.full.at[index] ?? 0) >= chart.open.at;
  const indexes = chart.full.at
    .map((_, index) => index)
    .reverse()
    .slice(0, maxRows);
  return (
    <div
      role="group"
      aria-label={`${title}, table`}
      tabIndex={0}
      style={{ height }}
      className="overflow-auto rounded-md border border-line"
    >
      <table className="w-full border-collapse text-xs">
        <thead className="sticky top-0 bg-sunken text-ink-muted">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              Time
            </th>
            {chart.lines.map((line) => (
              <th key={line.key} scope="col" className="px-3 py-1.5 text-right font-medium">
                {line.label}
              </th>
            ))}
            {hasMarks && (
              <th scope="col" className="px-3 py-1.5 text-left font-medium">
                Marks
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {indexes.map((index) => (
            <tr key={index} className="border-line border-t">
              <th scope="row" className="whitespace-nowrap px-3 py-1 text-left font-normal text-ink-muted">
                {formatExact(chart.full.at[index] ?? 0, zone, { seconds: chart.full.stepMs < 60_000 })}
                {isOpen(index) && ', so far'}
              </th>
              {chart.lines.map((line, column) => (
                <td key={line.key} className="px-3 py-1 text-right">
                  {formatUnit(columns[column]?.[index], unit)}
                </td>
              ))}
              {hasMarks && <td className="px-3 py-1 text-ink-muted">{marksOf(index)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {chart.full.at.length > maxRows && (
        <p className="px-3 py-2 text-ink-muted text-xs">
          The newest {maxRows} of {chart.full.at.length} steps; the CSV has all.
        </p>
      )}
    </div>
  );
}
