import { countText, figureText } from '../../domain/figure-text.ts';
import type { Rate } from '../../domain/performance/rate.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import type { PerformanceOf } from './monitoring-answers.ts';
import { RateText, shareText } from './rate-text.tsx';

type Performance = PerformanceOf<'score'>;
type Row = { readonly name: string; readonly measured: Rate | null; readonly estimated: Rate | null };

const columns: readonly Column<Row>[] = [
  { key: 'name', header: 'Figure', cell: ({ name }) => name },
  {
    key: 'measured',
    header: 'Measured',
    align: 'right',
    cell: ({ measured }) => <RateText rate={measured} />,
  },
  {
    key: 'estimated',
    header: 'Estimated since',
    align: 'right',
    cell: ({ estimated }) => <RateText rate={estimated} />,
  },
];

function rowsOf({ measured, estimated }: Performance): Row[] {
  return [
    { name: 'Accuracy', measured: measured?.accuracy ?? null, estimated: estimated?.accuracy ?? null },
    { name: 'Precision', measured: measured?.precision ?? null, estimated: estimated?.precision ?? null },
    { name: 'Recall', measured: measured?.recall ?? null, estimated: estimated?.recall ?? null },
    { name: 'Area under the curve', measured: measured?.auc ?? null, estimated: null },
  ];
}

type Bin = Performance['calibration'][number];
const binText = ({ from, to }: Bin): string => {
  if (from === null) return to === null ? 'all' : `below ${figureText(to)}`;
  return to === null ? `from ${figureText(from)}` : `${figureText(from)} to ${figureText(to)}`;
};
const isOff = ({ meanScore, came }: Bin): boolean => meanScore < came.low || meanScore > came.high;

const calibrationColumns: readonly Column<Bin>[] = [
  { key: 'bin', header: 'Scores', cell: binText },
  { key: 'rows', header: 'Labelled', align: 'right', cell: ({ rows }) => countText(rows) },
  { key: 'mean', header: 'Mean score', align: 'right', cell: ({ meanScore }) => figureText(meanScore) },
  { key: 'came', header: 'Came true', align: 'right', cell: ({ came }) => <RateText rate={came} /> },
  {
    key: 'off',
    header: 'Calibrated?',
    phone: 'hide',
    cell: (bin) => (isOff(bin) ? 'no' : 'within its interval'),
  },
];

const thresholdText = ({ threshold, declaredThreshold }: Performance): string =>
  threshold === declaredThreshold
    ? `Positive is decided from ${threshold} on.`
    : `Positive is decided from ${figureText(threshold)} on, the edge of its bins next to the declared ${declaredThreshold}.`;

/** How one score did against its labels, and how it does since if it does as before. */
export function ScorePanel({ performance }: { performance: Performance }) {
  const { name, measured, measuredShare, estimated, estimatedShare, measuredUntil, calibration } =
    performance;
  return (
    <Panel flush title={`Performance of ${name}`}>
      <DataTable
        caption={`Performance of ${name}`}
        columns={columns}
        rows={rowsOf(performance)}
        rowKey={(row) => row.name}
        empty={null}
      />
      <p className="border-t border-line px-4 py-3 text-ink-muted">
        {thresholdText(performance)} Measured are the {countText(measured?.rows ?? 0)} labelled predictions of
        the three weeks before <ExactTime at={measuredUntil} />, {shareText(measuredShare)} of all; of those
        since, {shareText(estimatedShare)} have their label.{' '}
        {estimated === null
          ? 'There are none to estimate.'
          : `How they do is estimated, and holds ${estimated.assumption}.`}{' '}
        Intervals hold the truth 95 times in 100.
      </p>
      {calibration.length > 0 && (
        <DataTable
          caption={`Calibration of ${name}`}
          columns={calibrationColumns}
          rows={calibration}
          rowKey={binText}
          empty={null}
        />
      )}
    </Panel>
  );
}
