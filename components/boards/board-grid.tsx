'use client';

import { LayoutDashboard } from 'lucide-react';
import type { BoardChart } from '../../domain/board.ts';
import type { ChartSize } from '../../domain/board-layout.ts';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Panel } from '../ui/panel.tsx';
import { BoardChartCard } from './board-chart.tsx';

const spans: Record<ChartSize, string> = {
  third: 'md:col-span-3 xl:col-span-2',
  half: 'md:col-span-3',
  full: 'md:col-span-6',
};

type Props = { readonly charts: readonly BoardChart[]; readonly range: ChartRange };

/** Charts in their order; a narrow screen shows one below the other. */
export function BoardGrid({ charts, range }: Props) {
  if (charts.length === 0)
    return (
      <Panel>
        <EmptyState icon={LayoutDashboard} title="No chart yet">
          Choose Edit to add requests, errors, drift, costs or how quickly changes are delivered. A ready
          board is made of the services and budgets that a project has when it is made: without any it begins
          empty.
        </EmptyState>
      </Panel>
    );
  return (
    <ul aria-label="Charts" className="grid grid-cols-1 gap-4 md:grid-cols-6">
      {charts.map((chart, index) => (
        <li key={`${index} ${JSON.stringify(chart.spec)}`} className={`min-w-0 ${spans[chart.size]}`}>
          <BoardChartCard chart={chart} range={range} />
        </li>
      ))}
    </ul>
  );
}
