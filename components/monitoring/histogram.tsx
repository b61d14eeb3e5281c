'use client';

import { ChartColumn, Download, Table } from 'lucide-react';
import { useId, useState } from 'react';
import { formatNumber, formatPercent } from '../../domain/number-format.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { saveText } from '../ui/save-text.ts';
import { type Histogram, histogramCsv, histogramSentence } from './prepare-histogram.ts';

/** Colours of lines that are not stable or canary: the reference has the first of them, and keeps it. */
const colors = [
  'var(--chart-other-1)',
  'var(--chart-stable)',
  'var(--chart-canary)',
  'var(--chart-other-2)',
  'var(--chart-other-3)',
  'var(--chart-other-4)',
];
const colorOf = (side: number): string => colors[side % colors.length] ?? 'var(--chart-stable)';

/** Shares per bin, side by side; few enough boxes to need no chart library. */
export function HistogramChart({ title, histogram }: { title: string; histogram: Histogram }) {
  const titleId = useId();
  const [isTable, setIsTable] = useState(false);
  return (
    <figure aria-labelledby={titleId} className="flex min-w-0 flex-col gap-1.5">
      <div className="flex items-start justify-between gap-3">
        <figcaption id={titleId} className="pt-1 font-medium">
          {title}
        </figcaption>
        <div className="flex">
          <IconButton
            label={isTable ? `Show ${title} as a chart` : `Show ${title} as a table`}
            icon={isTable ? ChartColumn : Table}
            size="small"
            aria-pressed={isTable}
            onClick={() => setIsTable(!isTable)}
          />
          <IconButton
            label={`Download ${title} as CSV`}
            icon={Download}
            size="small"
            onClick={() => saveText(`${title}.csv`, histogramCsv(histogram), 'text/csv')}
          />
        </div>
      </div>
      <p className="sr-only">{histogramSentence(title, histogram)}</p>
      <Legend histogram={histogram} />
      {isTable ? <BinTable title={title} histogram={histogram} /> : <Bars histogram={histogram} />}
    </figure>
  );
}

function Legend({ histogram: { sides } }: { histogram: Histogram }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {sides.map(({ key, label, rows }, side) => (
        <li key={key} className="flex items-center gap-1.5">
          <span aria-hidden className="size-2.5 rounded-xs" style={{ background: colorOf(side) }} />
          <span className="text-ink-muted">{label}</span>
          <span className="font-medium tabular-nums">{formatNumber(rows)} rows</span>
        </li>
      ))}
    </ul>
  );
}

function Bars({ histogram: { bins, most } }: { histogram: Histogram }) {
  return (
    <div aria-hidden className="min-w-0">
      <div className="flex h-48 items-end gap-1 border-line-strong border-b">
        {bins.map(({ label, bars }) => (
          <div key={label} title={tipOf(label, bars)} className="flex h-full min-w-0 flex-1 items-end gap-px">
            {bars.map(({ key, share }, side) => (
              <span
                key={key}
                className="min-w-0 flex-1 rounded-t-xs"
                style={{
                  height: `${most === 0 ? 0 : ((share ?? 0) / most) * 100}%`,
                  background: colorOf(side),
                }}
              />
            ))}
          </div>
        ))}
      </div>
      <div className="flex justify-between gap-4 pt-1 text-ink-muted text-xs">
        <span className="truncate">{bins[0]?.label}</span>
        {bins.length > 1 && <span className="truncate">{bins.at(-1)?.label}</span>}
      </div>
    </div>
  );
}

const tipOf = (label: string, bars: Histogram['bins'][number]['bars']) =>
  `${label}: ${bars.map(({ share }) => (share === null ? 'no rows' : formatPercent(share))).join(' / ')}`;

function BinTable({ title, histogram: { sides, bins } }: { title: string; histogram: Histogram }) {
  return (
    <div
      role="group"
      aria-label={`${title}, table`}
      tabIndex={0}
      className="max-h-72 overflow-auto rounded-md border border-line"
    >
      <table className="w-full border-collapse text-xs">
        <thead className="sticky top-0 bg-sunken text-ink-muted">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              Bin
            </th>
            {sides.map(({ key, label }) => (
              <th key={key} scope="col" className="px-3 py-1.5 text-right font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bins.map(({ label, bars }) => (
            <tr key={label} className="border-line border-t">
              <th scope="row" className="px-3 py-1 text-left font-normal text-ink-muted">
                {label}
              </th>
              {bars.map(({ key, share }) => (
                <td key={key} className="px-3 py-1 text-right">
                  {share === null ? '–' : formatPercent(share)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
