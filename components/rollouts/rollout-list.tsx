'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Waypoints } from 'lucide-react';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { LinkTabs } from '../ui/tabs.tsx';
import { ListPager } from './list-pager.tsx';
import { type ListAsk, type RolloutFilter, withParams } from './list-params.ts';
import { RolloutTable } from './rollout-table.tsx';

const tabs: readonly { key: RolloutFilter; label: string }[] = [
  { key: 'active', label: 'Active' },
  { key: 'ended', label: 'Ended' },
  { key: 'all', label: 'All' },
];

/** Rollouts of the project, filtered, searched and paged on the server. */
export function RolloutList({ ask, filter }: { ask: ListAsk; filter: RolloutFilter }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery(trpc.rollouts.list.queryOptions({ projectId, filter, ...ask }));
  const query = { q: ask.search };
  return (
    <Page>
      <PageHeader
        title="Rollouts"
        description="A rollout moves traffic step by step to a new revision and stops when the evidence says so."
      />
      <LinkTabs
        label="Which rollouts"
        current={filter}
        items={tabs.map((tab) => ({
          ...tab,
          href: withParams('/rollouts', { ...query, filter: tab.key === 'active' ? undefined : tab.key }),
        }))}
      />
      <Panel
        flush
        title={<SearchInput label="Search rollouts" placeholder="Service, model or environment" />}
      >
        <RolloutTable
          caption="Rollouts"
          rows={data.rows}
          empty={<NoRollouts isSearch={ask.search !== undefined} filter={filter} />}
          pager={<ListPager page={data} noun="rollouts" path="/rollouts" params={{ ...query, filter }} />}
        />
      </Panel>
    </Page>
  );
}

function NoRollouts({ isSearch, filter }: { isSearch: boolean; filter: RolloutFilter }) {
  if (isSearch)
    return (
      <EmptyState icon={Waypoints} title="No rollout matches">
        Search by the name of a service, a model or an environment, or look at{' '}
        <TextLink href="/rollouts?filter=all">all rollouts</TextLink>.
      </EmptyState>
    );
  return (
    <EmptyState icon={Waypoints} title={filter === 'active' ? 'Nothing is rolling out' : 'No rollout yet'}>
      A rollout starts when a promotion has all its signatures.{' '}
      <TextLink href="/promotions">See what waits for a signature</TextLink> or{' '}
      <TextLink href="/models">ask for a promotion of a version</TextLink>.
    </EmptyState>
  );
}
