'use client';

import { useQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { useMemo } from 'react';
import { countText, shareText } from '../../domain/figure-text.ts';
import { queryHourMs, querySeries } from '../../domain/queries/query-series.ts';
import type { AppRouter } from '../../server/trpc/root.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';

type Queries = inferRouterOutputs<AppRouter>['monitoring']['queries'];
type Client = Queries['busiest'][number];

const columns: readonly Column<Client>[] = [
  {
    key: 'key',
    header: 'Client',
    cell: ({ key }) => <span className="font-mono text-xs">{key.slice(0, 12)}</span>,
  },
  { key: 'rows', header: 'Rows', align: 'right', cell: ({ rows }) => countText(rows) },
  {
    key: 'repeated',
    header: 'Repeated inputs',
    align: 'right',
    cell: ({ compared, repeated }) => (compared === 0 ? '–' : shareText(repeated / compared)),
  },
];

function standingText({ judged, hours, hoursNeeded }: Queries): string {
  const kept = 'Client keys are hashed where the rows are and kept for 7 days.';
  if (judged === null || judged.verdict.verdict === 'insufficientData')
    return `Not enough data: ${Math.max(0, hours.length - 1)} of ${hoursNeeded} hours with clients come before the last one. ${kept}`;
  const busy = `usually ${countText(judged.usualBusiest ?? 0)} rows of the busiest client`;
  return judged.verdict.verdict === 'drifted'
    ? `The last hour is unusual (${busy}). ${kept}`
    : `The last hour is as usual (${busy}). ${kept}`;
}

/** Who asks most, and how often the same; nothing where the client sends no keys. */
export function QueriesPanel({ serviceId }: { serviceId: string }) {
  const trpc = useTrpc();
  const { data } = useQuery(trpc.monitoring.queries.queryOptions({ serviceId }));
  const prepared = useMemo(() => (data === undefined ? null : querySeries(data.hours)), [data]);
  if (data === undefined || prepared === null) return null;
  return (
    <>
      <Panel title="Queries" description={standingText(data)}>
        <LineChart
          title="Rows of the busiest client, and repeated inputs of all, by hour"
          unit="count"
          series={prepared.series}
          rangeMs={prepared.range}
          stepMs={queryHourMs}
          height={160}
          spec={{ kind: 'queries', serviceId }}
        />
      </Panel>
      <Panel flush title="Busiest clients of the last hour">
        <DataTable
          caption="Busiest clients of the last hour"
          columns={columns}
          rows={data.busiest}
          rowKey={({ key }) => key}
          empty={null}
        />
      </Panel>
    </>
  );
}
