'use client';

import { Download, LineChart as LineShape, Table } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { chartCsv } from '../../domain/chart/chart-csv.ts';
import { formatMarkTime } from '../../domain/chart/chart-marks.ts';
import type { ChartMark } from '../../domain/chart/chart-series.ts';
import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import { type ChartUnit, formatUnit } from '../../domain/chart/chart-unit.ts';
import type { PreparedChart } from '../../domain/chart/prepare-chart.ts';
import { useZone } from '../ui/clock.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Link } from '../ui/link.tsx';
import { saveText } from '../ui/save-text.ts';
import { LineSwatch } from './line-swatch.tsx';
import { ShareChart } from './share-chart.tsx';

type ChartFrameProps = {
  title: string;
  unit: ChartUnit;
  chart: PreparedChart;
  sentence: string;
  isTable: boolean;
  onToggle: () => void;
  /** What the chart is made of; without it there is nothing that could be drawn again elsewhere. */
  spec: AnyChartSpec | undefined;
  children: ReactNode;
};

export function ChartFrame(props: ChartFrameProps) {
  const { title, unit, chart, sentence, isTable, onToggle, spec, children } = props;
  const titleId = useId();
  return (
    <figure aria-labelledby={titleId} className="flex min-w-0 flex-col gap-1.5">
      <div className="flex items-start justify-between gap-3">
        <figcaption id={titleId} className="pt-1 font-medium">
          {title}
        </figcaption>
        <div className="flex">
          <IconButton
            label={isTable ? `Show ${title} as a chart` : `Show ${title} as a table`}
            icon={isTable ? LineShape : Table}
            size="small"
            aria-pressed={isTable}
            onClick={onToggle}
          />
          <IconButton
            label={`Download ${title} as CSV`}
            icon={Download}
            size="small"
            disabledReason={chart.isEmpty ? 'There is no data to download.' : undefined}
            onClick={() => saveText(`${title}.csv`, chartCsv(chart), 'text/csv')}
          />
          {spec !== undefined && <ShareChart title={title} spec={spec} range={chart.range} />}
        </div>
      </div>
      <p className="sr-only">{sentence}</p>
      <ChartLegend chart={chart} unit={unit} />
      {children}
      <ChartMarks chart={chart} />
    </figure>
  );
}

function ChartLegend({ chart, unit }: { chart: PreparedChart; unit: ChartUnit }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {chart.lines.map((line) => (
        <li key={line.key} className="flex items-center gap-1.5">
          <LineSwatch look={line} />
          <span className="text-ink-muted">{line.label}</span>
          <span className="font-medium tabular-nums">
            {formatUnit(line.last?.value, unit)}
            {line.last?.isOpen && <span className="font-normal text-ink-muted"> so far</span>}
          </span>
        </li>
      ))}
      {chart.thresholds
        .filter((threshold) => threshold.isOffScale)
        .map((threshold) => (
          <li key={threshold.label} className="text-ink-muted">
            {threshold.label}: far above this chart
          </li>
        ))}
    </ul>
  );
}

/** More than these stand behind a line that says how many there are. */
const shownMarks = 3;

function ChartMarks({ chart }: { chart: PreparedChart }) {
  const marks = chart.marks.flatMap((group) => group.marks);
  if (marks.length === 0) return null;
  const list = <MarkList marks={marks} range={chart.range} />;
  if (marks.length <= shownMarks) return list;
  return (
    <details className="text-xs">
      <summary className="w-fit cursor-pointer rounded-sm text-ink-muted">{marks.length} marks</summary>
      <div className="mt-1 max-h-40 overflow-auto">{list}</div>
    </details>
  );
}

function MarkList({ marks, range }: { marks: readonly ChartMark[]; range: PreparedChart['range'] }) {
  const zone = useZone();
  return (
    <ul aria-label="Marks" className="flex flex-wrap gap-x-4 gap-y-0.5 text-ink-muted text-xs">
      {marks.map((mark, index) => (
        // Several people may approve the same thing at the same moment.
        <li key={`${index} ${mark.at}`} className="flex gap-1">
          <span aria-hidden>▾</span>
          <span className="whitespace-nowrap tabular-nums">{formatMarkTime(mark.at, range, zone)}</span>
          {mark.href === undefined ? (
            mark.label
          ) : (
            <Link href={mark.href} className="text-ink underline decoration-line-strong underline-offset-2">
              {mark.label}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
