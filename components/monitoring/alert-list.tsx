'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { BellOff } from 'lucide-react';
import { useProject } from '../project/project-context.tsx';
import { ListPager } from '../rollouts/list-pager.tsx';
import type { ListAsk } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { DriftAlertRow } from './monitoring-answers.ts';
import { MonitoringTabs } from './monitoring-tabs.tsx';
import { alertStanding, kindWords } from './monitoring-words.ts';

const columns: readonly Column<DriftAlertRow>[] = [
  {
    key: 'service',
    header: 'Service',
    cell: ({ service, environment }) => (
      <>
        {service.name} <span className="text-ink-muted">{environment.name}</span>
      </>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <Status {...alertStanding(row)} /> },
  {
    key: 'kind',
    header: 'Kind',
    phone: 'hide',
    cell: ({ kind }) => <span className="text-ink-muted">{kindWords[kind]}</span>,
  },
  {
    key: 'sentence',
    header: 'What it saw',
    nowrap: false,
    phone: 'hide',
    cell: ({ sentence }) => <span className="block py-1.5 leading-5">{sentence}</span>,
  },
  { key: 'opened', header: 'Opened', align: 'right', cell: (row) => <RelativeTime at={row.openedAt} /> },
];

/** All alerts about drift and rows of the project, those that last first. */
export function DriftAlertList({ ask }: { ask: Pick<ListAsk, 'page'> }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery(trpc.driftAlerts.list.queryOptions({ projectId, ...ask }));
  return (
    <Page>
      <PageHeader
        title="Drift alerts"
        description="Opened when a drift lasts; each says what people made of it."
      />
      <MonitoringTabs current="alerts" />
      <Panel flush>
        <DataTable
          caption="Drift alerts"
          columns={columns}
          rows={data.rows}
          rowKey={(row) => row.id}
          rowHref={(row) => `/monitoring/alerts/${row.id}`}
          empty={
            <EmptyState icon={BellOff} title="No alert yet">
              Alerts of a service are switched on at its monitoring page, after a look at when they would have
              come in the last weeks.
            </EmptyState>
          }
          pager={<ListPager page={data} noun="alerts" path="/monitoring/alerts" params={{}} />}
        />
      </Panel>
    </Page>
  );
}
