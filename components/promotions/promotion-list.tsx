'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { FileSignature, Plus } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { ListPager } from '../rollouts/list-pager.tsx';
import { type ListAsk, withParams } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { LinkTabs } from '../ui/tabs.tsx';
import type { PromotionFilter } from './promotion-filter.ts';
import { PromotionTable } from './promotion-table.tsx';

const tabs: readonly { key: PromotionFilter; label: string }[] = [
  { key: 'waitsForMe', label: 'Waits for me' },
  { key: 'open', label: 'Open' },
  { key: 'ended', label: 'Ended' },
  { key: 'all', label: 'All' },
];

/** The inbox of requests, filtered, searched and paged on the server. */
export function PromotionList({ ask, filter }: { ask: ListAsk; filter: PromotionFilter }) {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data } = useSuspenseQuery(trpc.promotions.list.queryOptions({ projectId, filter, ...ask }));
  const query = { q: ask.search };
  const isInbox = filter === 'waitsForMe';
  return (
    <Page>
      <PageHeader
        title="Promotions"
        description="A promotion asks to move a version or a changed specification onto a service. Its signatures count for exactly what was asked."
        actions={
          <ButtonLink
            href="/promotions/new"
            variant="primary"
            icon={Plus}
            disabledReason={permissionReason('promotions.request', viewer)}
          >
            Ask for promotion
          </ButtonLink>
        }
      />
      <LinkTabs
        label="Which promotions"
        current={filter}
        items={tabs.map((tab) => ({
          ...tab,
          href: withParams('/promotions', { ...query, filter: tab.key }),
        }))}
      />
      <Panel
        flush
        title={
          isInbox ? (
            'Your signature is asked for'
          ) : (
            <SearchInput label="Search promotions" placeholder="Service, model or environment" />
          )
        }
      >
        <PromotionTable
          caption="Promotions"
          rows={data.rows}
          empty={<NoPromotions isSearch={ask.search !== undefined} filter={filter} />}
          pager={<ListPager page={data} noun="promotions" path="/promotions" params={{ ...query, filter }} />}
        />
      </Panel>
    </Page>
  );
}

function NoPromotions({ isSearch, filter }: { isSearch: boolean; filter: PromotionFilter }) {
  if (filter === 'waitsForMe')
    return (
      <EmptyState icon={FileSignature} title="Nothing waits for you">
        Requests that you may sign show here.{' '}
        <TextLink href="/promotions?filter=open">See all open ones</TextLink>.
      </EmptyState>
    );
  if (isSearch)
    return (
      <EmptyState icon={FileSignature} title="No promotion matches">
        Search by service, model or environment, or look at{' '}
        <TextLink href="/promotions?filter=all">all promotions</TextLink>.
      </EmptyState>
    );
  return (
    <EmptyState icon={FileSignature} title={filter === 'open' ? 'No request is open' : 'No promotion yet'}>
      Open a <TextLink href="/models">version of a model</TextLink> and ask for its promotion: you see what
      will change before anything is sent.
    </EmptyState>
  );
}
