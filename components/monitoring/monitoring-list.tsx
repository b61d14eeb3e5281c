'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import { lengthWords } from '../../domain/drift/drift-words.ts';
import { countText } from '../../domain/figure-text.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { MonitoredRow } from './monitoring-answers.ts';
import { MonitoringTabs } from './monitoring-tabs.tsx';
import { featureStanding, verdictText } from './monitoring-words.ts';

const refreshMs = 60_000;

/** Of the whole service: what its worst feature says, unless nothing could be judged. */
function serviceStanding({ drifted, features, window, worst }: MonitoredRow) {
  if (window === null) return { tone: 'progress' as const, label: 'First window runs' };
  if (window.whyNone !== null) return { tone: 'neutral' as const, label: 'No verdict' };
  const [first] = worst;
  if (drifted > 0 && first !== undefined)
    return { ...featureStanding(first), label: `${drifted} of ${features} drifted` };
  return first === undefined ? { tone: 'neutral' as const, label: 'No verdict' } : featureStanding(first);
}

const columns: readonly Column<MonitoredRow>[] = [
  {
    key: 'service',
    header: 'Service',
    cell: ({ service, environment }) => (
      <>
        {service.name} <span className="text-ink-muted">{environment.name}</span>
      </>
    ),
  },
  { key: 'standing', header: 'Last window', cell: (row) => <Status {...serviceStanding(row)} /> },
  {
    key: 'worst',
    header: 'Worst features',
    phone: 'hide',
    nowrap: false,
    cell: (row) => <Worst row={row} />,
  },
  { key: 'enough', header: 'Enough data?', phone: 'hide', cell: (row) => <Enough row={row} /> },
  {
    key: 'rows',
    header: 'Rows',
    align: 'right',
    phone: 'hide',
    cell: ({ window }) => (window === null ? '–' : countText(window.rows)),
  },
  {
    key: 'alerts',
    header: 'Alerts',
    cell: ({ openAlerts, monitor }) => {
      if (openAlerts > 0) return <Badge tone="bad">{openAlerts} open</Badge>;
      return <span className="text-ink-muted">{monitor.alertsFrom === null ? 'switched off' : 'none'}</span>;
    },
  },
  {
    key: 'when',
    header: 'Judged up to',
    align: 'right',
    phone: 'hide',
    cell: ({ window }) => (window === null ? '–' : <RelativeTime at={window.end} />),
  },
];

function Worst({ row: { worst, window } }: { row: MonitoredRow }) {
  if (window?.whyNone != null) return <span className="text-ink-muted">{window.whyNone}</span>;
  return (
    <span className="flex flex-wrap gap-x-3 text-xs">
      {worst.map(({ featureId, name, worst: verdict }) => (
        <span key={featureId}>
          {name} <span className="text-ink-muted">{verdict === null ? '' : verdictText(verdict)}</span>
        </span>
      ))}
    </span>
  );
}

function Enough({ row: { features, insufficient, window } }: { row: MonitoredRow }) {
  if (window === null || window.whyNone !== null) return <Badge>not judged</Badge>;
  if (insufficient === 0) return <Badge tone="ok">enough data</Badge>;
  return (
    <Badge tone="neutral">
      {insufficient} of {features} too few rows
    </Badge>
  );
}

/** Every monitored service, those whose features drift most first. */
export function MonitoringList() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery({
    ...trpc.monitoring.list.queryOptions({ projectId }),
    refetchInterval: refreshMs,
  });
  return (
    <Page>
      <PageHeader
        title="Monitoring"
        description="What the models are asked and what they answer, against what is usual for them: how far it moved, and whether that is more than chance."
      />
      <MonitoringTabs current="services" />
      <Panel flush>
        <DataTable
          caption="Monitored services"
          columns={columns}
          rows={data.services}
          rowKey={({ service }) => service.id}
          rowHref={({ service }) => `/monitoring/${service.id}`}
          empty={
            <EmptyState icon={Activity} title="No service is monitored yet">
              A service is watched from the moment its rows are counted: what it is asked and what it answers,
              by the {lengthWords.hour}. Nothing is kept but counts. The page of each{' '}
              <TextLink href="/services">service</TextLink> says how to connect it.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
