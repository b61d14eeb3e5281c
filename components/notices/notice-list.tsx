'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Bell } from 'lucide-react';
import { noticeKinds } from '../../domain/notice-kind.ts';
import { useProject } from '../project/project-context.tsx';
import { ListPager } from '../rollouts/list-pager.tsx';
import { type ListAsk, withParams } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FilterSelect } from '../ui/filter-select.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { LinkTabs } from '../ui/tabs.tsx';
import type { NoticeRow } from './notice-answers.ts';
import type { NoticeFilter } from './notice-filter.ts';
import { kindWord, noticeStanding, toldText } from './notice-words.ts';

const tabs: readonly { key: NoticeFilter['filter']; label: string }[] = [
  { key: 'all', label: 'All' },
  { key: 'unacknowledged', label: 'Not acknowledged' },
  { key: 'open', label: 'Lasting' },
  { key: 'high', label: 'High' },
];

const columns: readonly Column<NoticeRow>[] = [
  {
    key: 'sentence',
    header: 'What happened',
    nowrap: false,
    cell: (row) => <span className="block py-1.5 leading-5">{row.sentence}</span>,
  },
  {
    key: 'standing',
    header: 'Status',
    cell: (row) => {
      const standing = noticeStanding(row);
      return <Status tone={standing.tone} label={standing.label} />;
    },
  },
  {
    key: 'kind',
    header: 'Kind',
    phone: 'hide',
    cell: (row) => <span className="text-ink-muted">{kindWord(row.kind)}</span>,
  },
  {
    key: 'told',
    header: 'Told',
    phone: 'hide',
    cell: (row) => <span className="text-ink-muted">{toldText(row)}</span>,
  },
  { key: 'when', header: 'When', align: 'right', cell: (row) => <RelativeTime at={row.beganAt} /> },
];

/** What the project was told, newest first, filtered and paged on the server. */
export function NoticeList({ ask, chosen }: { ask: Pick<ListAsk, 'page'>; chosen: NoticeFilter }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { filter, kind } = chosen;
  const { data } = useSuspenseQuery(trpc.notices.list.queryOptions({ projectId, ...chosen, ...ask }));
  return (
    <Page>
      <PageHeader
        title="Notices"
        description={
          <>
            What happened that somebody should know. Where they are sent is set in{' '}
            <TextLink href="/settings/channels">Channels</TextLink>.
          </>
        }
      />
      <LinkTabs
        label="Which notices"
        current={filter}
        items={tabs.map((tab) => ({
          ...tab,
          href: withParams('/notices', { kind, filter: tab.key === 'all' ? undefined : tab.key }),
        }))}
      />
      <Panel
        flush
        title={
          <FilterSelect
            label="Kind"
            param="kind"
            options={noticeKinds.map((each) => ({ value: each, label: kindWord(each) }))}
          />
        }
      >
        <DataTable
          caption="Notices"
          columns={columns}
          rows={data.rows}
          rowKey={(row) => row.id}
          rowHref={(row) => `/notices/${row.id}`}
          empty={<NoNotices isFiltered={filter !== 'all' || kind !== undefined} />}
          pager={<ListPager page={data} noun="notices" path="/notices" params={{ filter, kind }} />}
        />
      </Panel>
    </Page>
  );
}

function NoNotices({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <EmptyState icon={Bell} title="No such notice">
        Nothing of this kind has happened. <TextLink href="/notices">See all notices</TextLink>.
      </EmptyState>
    );
  return (
    <EmptyState icon={Bell} title="Nothing to tell yet">
      When a request waits for signatures, a rollout is held, taken back or finished, or a cluster or its
      metrics cannot be reached, it is told here and{' '}
      <TextLink href="/settings/channels">in your channels</TextLink>.
    </EmptyState>
  );
}
