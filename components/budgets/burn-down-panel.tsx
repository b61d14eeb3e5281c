'use client';

import { useMemo } from 'react';
import type { Measure } from '../../domain/budget/budget-words.ts';
import { prepareBurnDown } from '../../domain/budget/burn-down.ts';
import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { Panel } from '../ui/panel.tsx';
import type { BudgetDetail, BudgetMovement, BudgetSeries } from './budget-answers.ts';

type Props = {
  readonly budget: Pick<BudgetDetail, 'status' | 'unit' | 'settings'>;
  readonly movements: readonly Pick<BudgetMovement, 'kind' | 'amount' | 'fromAt' | 'toAt'>[];
  readonly series: Omit<BudgetSeries, 'holders'>;
  readonly measure: Measure;
  /** Whose it is, when it is not the page's own. */
  readonly of?: string | undefined;
  /** Of the reader's own budget, which can be shared. */
  readonly spec?: AnyChartSpec | undefined;
};

/** What is left, hour by hour, and where it heads. */
export function BurnDownPanel({ budget, movements, series, measure, of, spec }: Props) {
  const { status, unit, settings } = budget;
  const left = of === undefined ? 'Left' : `Left of ${of}`;
  const prepared = useMemo(() => {
    if (status === null) return null;
    const spentPercents = settings.thresholds.flatMap((threshold) =>
      threshold.basis === 'actual' && threshold.limit.kind === 'percent' ? [threshold.limit.percent] : [],
    );
    return prepareBurnDown({ unit, movements, status, series, spentPercents });
  }, [status, unit, settings, movements, series]);
  if (prepared === null)
    return (
      <Panel title="Burn-down">
        <p className="text-ink-muted">The worker counts it within a minute.</p>
      </Panel>
    );
  return (
    <Panel>
      <LineChart
        title={`${left}, ${unit === 'gpuHours' ? 'GPU-hours' : (measure.currency ?? 'money')}`}
        unit={unit === 'gpuHours' ? 'gpuHours' : `money ${measure.currency ?? 'XXX'}`}
        series={prepared.series}
        rangeMs={prepared.range}
        stepMs={prepared.stepMs}
        thresholds={prepared.thresholds}
        marks={prepared.marks}
        height={260}
        spec={spec}
      />
    </Panel>
  );
}
