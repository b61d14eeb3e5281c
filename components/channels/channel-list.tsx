'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Megaphone, Plus } from 'lucide-react';
import { deliveryStanding } from '../notices/notice-words.ts';
import { useProject } from '../project/project-context.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { ChannelRow } from './channel-answers.ts';
import { channelKindWords, whereText } from './channel-words.ts';

const columns: readonly Column<ChannelRow>[] = [
  { key: 'name', header: 'Channel', cell: (row) => row.name },
  { key: 'kind', header: 'Kind', phone: 'hide', cell: (row) => channelKindWords[row.kind] },
  {
    key: 'where',
    header: 'Leads to',
    phone: 'hide',
    nowrap: false,
    cell: (row) => <span className="text-ink-muted [overflow-wrap:anywhere]">{whereText(row.target)}</span>,
  },
  {
    key: 'hears',
    header: 'Hears',
    phone: 'hide',
    cell: (row) => (
      <span className="text-ink-muted">
        {row.rules.severity === 'high' ? 'only what is high' : 'all'}
        {row.rules.muted.length > 0 && ` but ${row.rules.muted.length}`}
      </span>
    ),
  },
  { key: 'state', header: 'Status', cell: (row) => <Standing row={row} /> },
  {
    key: 'latest',
    header: 'Last told',
    align: 'right',
    cell: (row) =>
      row.latest === null || row.latest.answeredAt === null ? (
        <span className="text-ink-muted">never</span>
      ) : (
        <RelativeTime at={row.latest.answeredAt} />
      ),
  },
];

function Standing({ row }: { row: ChannelRow }) {
  if (!row.enabled) return <Status tone="neutral" label="Off" />;
  if (row.dead > 0) return <Status tone="bad" label={`${row.dead} given up`} />;
  if (row.latest === null) return <Status tone="neutral" label="Not used yet" />;
  const { tone, label } = deliveryStanding(row.latest);
  return <Status tone={tone} label={label} />;
}

/** Where the project's notices are sent. */
export function ChannelList() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery(trpc.channels.list.queryOptions({ projectId }));
  return (
    <Page>
      <PageHeader
        title="Channels"
        description="Where this project's notices are sent: one sentence with figures and one link, once per receiver."
        actions={
          <ButtonLink
            href="/settings/channels/new"
            variant="primary"
            icon={Plus}
            disabledReason={reasonOf(data.refusals.create)}
          >
            Add a channel
          </ButtonLink>
        }
      />
      <Panel flush>
        <DataTable
          caption="Channels"
          columns={columns}
          rows={data.channels}
          rowKey={(row) => row.id}
          rowHref={(row) => `/settings/channels/${row.id}`}
          empty={
            <EmptyState icon={Megaphone} title="Nobody is told outside the console yet">
              Add a Slack webhook, a signed webhook (also for PagerDuty, Opsgenie and Alertmanager), or a mail
              server that writes to the owner of each service.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
