import { countText, figureText } from '../../domain/figure-text.ts';
import { formatPercent } from '../../domain/number-format.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import type { MonitoredFeature } from './monitoring-answers.ts';

type BySegment = NonNullable<MonitoredFeature['bySegment']>;
type Row = BySegment['segments'][number];

const columnsOf = (column: string): readonly Column<Row>[] => [
  { key: 'name', header: column, cell: ({ name }) => name },
  { key: 'rows', header: 'Rows', align: 'right', cell: ({ rows }) => countText(rows) },
  {
    key: 'before',
    header: 'Before',
    align: 'right',
    phone: 'hide',
    cell: ({ referenceRows }) => countText(referenceRows),
  },
  {
    key: 'psi',
    header: 'PSI within',
    align: 'right',
    cell: ({ psi }) => (psi === null ? '–' : figureText(psi)),
  },
  {
    key: 'carried',
    header: 'Of the shift',
    align: 'right',
    cell: ({ carried }) => (carried === null ? '–' : formatPercent(carried)),
  },
];

/** How the feature moved segment by segment, what carries most of the shift first. */
export function SegmentsPanel({ bySegment: { column, segments } }: { bySegment: BySegment }) {
  return (
    <Panel
      flush
      title={`By ${column}`}
      description="Against the same hours of the four weeks before, in whole hours. What a segment has of the shift comes from how it moved and from how much of all rows it is; below 0 it moved the other way."
    >
      <DataTable
        caption={`By ${column}`}
        columns={columnsOf(column)}
        rows={segments}
        rowKey={({ segment }) => segment}
        empty={
          <p className="px-4 py-3 text-ink-muted">
            No segment has 20 rows yet. Rows are parted from when the column was chosen.
          </p>
        }
      />
    </Panel>
  );
}
