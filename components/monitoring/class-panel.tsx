import { countOf, countText } from '../../domain/figure-text.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import type { PerformanceOf } from './monitoring-answers.ts';
import { percentText, RateText, shareText } from './rate-text.tsx';

type Performance = PerformanceOf<'class'>;
type Row = NonNullable<Performance['measured']>['classes'][number];

const columns: readonly Column<Row>[] = [
  { key: 'name', header: 'Class', cell: ({ name }) => name },
  {
    key: 'precision',
    header: 'Precision',
    align: 'right',
    cell: ({ precision }) => <RateText rate={precision} />,
  },
  { key: 'recall', header: 'Recall', align: 'right', cell: ({ recall }) => <RateText rate={recall} /> },
];

const other = 'all others';
const namesOf = ({ joint: { classes } }: Performance) => [...classes, other];

/** Rows by predicted class, with the true ones as columns: as integers, exactly as they were counted. */
function jointColumns(performance: Performance): Column<{ name: string; rows: readonly number[] }>[] {
  return [
    { key: 'name', header: 'Predicted \\ true', cell: ({ name }) => name },
    ...namesOf(performance).map((name, truth) => ({
      key: `${truth}`,
      header: name,
      align: 'right' as const,
      cell: ({ rows }: { rows: readonly number[] }) => countText(rows[truth] ?? 0),
    })),
  ];
}

/** How predicted classes did against the true ones, and which were taken for which. */
export function ClassPanel({ performance }: { performance: Performance }) {
  const { name, measured, measuredShare, measuredUntil, joint } = performance;
  if (measured === null) return null;
  const { accuracy } = measured;
  const names = namesOf(performance);
  return (
    <Panel flush title={`Performance of ${name}`}>
      <DataTable
        caption={`Performance of ${name}`}
        columns={columns}
        rows={measured.classes}
        rowKey={(row) => row.name}
        empty={null}
      />
      <p className="border-t border-line px-4 py-3 text-ink-muted">
        {accuracy !== null &&
          `Accuracy ${percentText(accuracy.value)} (${percentText(accuracy.low)} to ${percentText(accuracy.high)}). `}
        Measured are {countOf(measured.rows, 'labelled prediction')} of the three weeks before{' '}
        <ExactTime at={measuredUntil} />, {shareText(measuredShare)} of all. Intervals hold the truth 95 times
        in 100.
      </p>
      <DataTable
        caption={`Predicted and true classes of ${name}`}
        minWidth="40rem"
        columns={jointColumns(performance)}
        rows={joint.rows.map((rows, index) => ({ name: names[index] ?? '', rows }))}
        rowKey={(row) => row.name}
        empty={null}
      />
    </Panel>
  );
}
