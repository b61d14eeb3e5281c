import type { ReactNode } from 'react';
import { formatNumber } from '../../domain/number-format.ts';
import { classNames } from './class-names.ts';

export type SegmentRole = 'stable' | 'canary' | 'other';

type Segment = { key: string; label: string; percent: number; role: SegmentRole };
type WeightRow = { label: string; note?: ReactNode | undefined; segments: readonly Segment[] };

const fills: Record<SegmentRole, string> = {
  stable: 'bg-chart-stable',
  canary: 'bg-chart-canary',
  other: 'bg-chart-other',
};

/** Rows of shares under each other, so that what is wanted and what is measured can be compared by eye. */
export function WeightBar({ label, rows }: { label: string; rows: readonly WeightRow[] }) {
  return (
    <dl aria-label={label} className="flex flex-col gap-3">
      {rows.map((row) => (
        <div key={row.label} className="flex flex-col gap-1.5">
          <dt className="flex justify-between gap-4 text-xs">
            <span className="font-medium text-ink-muted">{row.label}</span>
            {row.note !== undefined && <span className="text-ink-faint">{row.note}</span>}
          </dt>
          <dd className="flex flex-col gap-1.5">
            <div aria-hidden className="flex h-2.5 gap-px overflow-hidden rounded-full bg-neutral-surface">
              {row.segments.map((segment) => (
                <span
                  key={segment.key}
                  className={classNames('h-full transition-[width] duration-500', fills[segment.role])}
                  style={{ width: `${segment.percent}%` }}
                />
              ))}
            </div>
            <div className="flex flex-wrap gap-x-4 text-xs">
              {row.segments.map((segment) => (
                <span key={segment.key} className="inline-flex items-center gap-1.5">
                  <span aria-hidden className={classNames('size-2 rounded-xs', fills[segment.role])} />
                  <span className="text-ink-muted">{segment.label}</span>
                  <span className="font-medium tabular-nums">{formatNumber(segment.percent, 1)} %</span>
                </span>
              ))}
            </div>
          </dd>
        </div>
      ))}
    </dl>
  );
}
