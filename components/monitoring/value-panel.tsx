import { useMemo } from 'react';
import { countOf, figureText } from '../../domain/figure-text.ts';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { HistogramChart } from './histogram.tsx';
import type { PerformanceOf } from './monitoring-answers.ts';
import { prepareHistogram } from './prepare-histogram.ts';
import { shareText } from './rate-text.tsx';

type Performance = PerformanceOf<'value'>;
type Measured = NonNullable<Performance['measured']>;

const figures: readonly { readonly key: keyof Measured; readonly label: string }[] = [
  { key: 'mae', label: 'Mean absolute error' },
  { key: 'rmse', label: 'Root mean square error' },
  { key: 'bias', label: 'Bias (predicted less true)' },
];

/** How predicted numbers did against the true ones, in the unit of the numbers. */
export function ValuePanel({ performance }: { performance: Performance }) {
  const { name, measured, measuredShare, measuredUntil, rows, residuals } = performance;
  const histogram = useMemo(
    () =>
      prepareHistogram(residuals.binning, [
        { key: 'residuals', label: 'Predicted less true', counts: residuals.counts },
      ]),
    [residuals],
  );
  if (measured === null) return null;
  return (
    <Panel title={`Performance of ${name}`}>
      <KeyValueList
        columns={2}
        items={figures.map(({ key, label }) => ({
          label,
          value: figureText(measured[key].value),
          hint: `${figureText(measured[key].low)} to ${figureText(measured[key].high)}`,
        }))}
      />
      <p className="py-3 text-ink-muted">
        Measured are {countOf(rows, 'labelled prediction')} of the three weeks before{' '}
        <ExactTime at={measuredUntil} />, {shareText(measuredShare)} of all. Intervals hold the truth 95 times
        in 100.
      </p>
      <HistogramChart title={`Residuals of ${name}`} histogram={histogram} />
    </Panel>
  );
}
