import { amountText, type Measure } from '../../domain/budget/budget-words.ts';
import type { Estimator } from '../../domain/budget/forecast.ts';
import type { BudgetStatus } from '../../domain/budget/status.ts';
import { countOf } from '../../domain/figure-text.ts';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Panel } from '../ui/panel.tsx';
import { errorText, estimatorWords, reasonWords } from './budget-words.ts';

type Props = { readonly status: BudgetStatus; readonly measure: Measure };
type Row = { readonly estimator: Estimator; readonly value: string; readonly isChosen: boolean };

/** All three forecasts side by side, with how far each was off in the past. */
export function ForecastPanel({ status, measure }: Props) {
  const { forecasts, rolling, backtest } = status;
  const text = (amount: bigint | null | undefined) =>
    amount === null || amount === undefined ? 'not yet' : amountText(amount, measure);
  if (forecasts === null)
    return (
      <Panel title="Forecast" description="While what runs now goes on, and old hours roll off.">
        <KeyValueList
          columns={2}
          items={[
            { label: 'In 24 hours', value: text(rolling?.in24Hours) },
            { label: 'In 72 hours', value: text(rolling?.in72Hours) },
          ]}
        />
      </Panel>
    );
  const { seasonal } = forecasts;
  const interval =
    seasonal === null ? '' : ` (80 % between ${text(seasonal.low)} and ${text(seasonal.high)})`;
  const values: Record<Estimator, string> = {
    linear: text(forecasts.linear),
    runRate: text(forecasts.runRate),
    seasonal: `${text(seasonal?.value)}${interval}`,
  };
  const rows = (['linear', 'runRate', 'seasonal'] as const).map((estimator) => ({
    estimator,
    value: values[estimator],
    isChosen: estimator === forecasts.chosen,
  }));
  return (
    <Panel
      flush
      title="Forecasts for the end of the period"
      description={`Thresholds look at "${estimatorWords[forecasts.chosen].label}", because ${reasonWords[forecasts.reason]}. ${backtestText(backtest)}`}
    >
      <DataTable
        caption="Forecasts"
        columns={columnsOf(backtest)}
        rows={rows}
        rowKey={(row) => row.estimator}
        empty={null}
      />
    </Panel>
  );
}

function backtestText(backtest: BudgetStatus['backtest']): string {
  if (backtest === null) return 'No backtest yet: it takes one whole past period.';
  return `Errors are means over ${countOf(backtest.periods, 'past period')}.`;
}

function columnsOf(backtest: BudgetStatus['backtest']): readonly Column<Row>[] {
  const errors: Column<Row>[] = (backtest?.rows ?? []).map(({ atPercent, errors: found }) => ({
    key: `error ${atPercent}`,
    header: `Error at ${atPercent} %`,
    align: 'right',
    phone: 'hide',
    cell: ({ estimator }) => errorText(found[estimator]),
  }));
  return [
    {
      key: 'estimator',
      header: 'Forecast',
      nowrap: false,
      cell: ({ estimator, isChosen }) => (
        <span className="flex flex-wrap items-center gap-2 py-1">
          <span>
            {estimatorWords[estimator].label}
            <span className="block font-normal text-ink-muted text-xs">{estimatorWords[estimator].hint}</span>
          </span>
          {isChosen && <Badge tone="info">Counts</Badge>}
        </span>
      ),
    },
    { key: 'value', header: 'Comes to', align: 'right', nowrap: false, cell: ({ value }) => value },
    ...errors,
  ];
}
