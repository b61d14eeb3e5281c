'use client';

import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Download, ListPlus, Plus, Scale, Upload } from 'lucide-react';
import { useState } from 'react';
import { useProject } from '../project/project-context.tsx';
import { withParams } from '../rollouts/list-params.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { saveText } from '../ui/save-text.ts';
import { SearchInput } from '../ui/search-input.tsx';
import { LinkTabs } from '../ui/tabs.tsx';
import { NodeCostPanel } from './node-cost-panel.tsx';
import { type OpenDialog, PriceDialogs } from './price-dialogs.tsx';
import { type PriceAsk, priceFilters } from './price-filter.ts';
import { PriceTable } from './price-table.tsx';
import { SetCurrency } from './set-currency.tsx';
import { SpotStats } from './spot-stats.tsx';
import { UnpricedPanel } from './unpriced-panel.tsx';

const tabWords: Record<PriceAsk['filter'], string> = {
  current: 'Valid now',
  coming: 'Coming',
  ended: 'Ended',
  all: 'All',
};

/** The price book: what an hour of a node costs, since when and on whose word. */
export function PricesPage({ ask }: { ask: PriceAsk }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data: book } = useSuspenseQuery(trpc.prices.list.queryOptions({ projectId, ...ask }));
  const [open, setOpen] = useState<OpenDialog | null>(null);
  const { currency, refusals } = book;
  const write = reasonOf(refusals.write);
  const blocked = write ?? (currency === null ? 'Set the currency first.' : undefined);
  return (
    <Page>
      <PageHeader
        title="Prices"
        description="What an hour of a node costs, since when and on whose word. A contract wins over an import, an import over a list price; a node that no row prices is shown as unpriced."
        actions={<Actions blocked={blocked} onOpen={setOpen} />}
      />
      {currency === null && <SetCurrency blocked={write} />}
      {currency !== null && refusals.unpriced === null && <SpotStats currency={currency} />}
      <LinkTabs
        label="Which prices"
        current={ask.filter}
        items={priceFilters.map((key) => ({
          key,
          label: tabWords[key],
          href: withParams('/prices', { q: ask.search, filter: key === 'current' ? undefined : key }),
        }))}
      />
      <Panel
        flush
        title={<SearchInput label="Search prices" placeholder="Instance type, region, product, source" />}
      >
        <PriceTable book={book} currency={currency ?? 'USD'} ask={ask} />
      </Panel>
      {refusals.unpriced === null && (
        <UnpricedPanel blocked={blocked} onAdd={(prefill) => setOpen({ kind: 'add', prefill })} />
      )}
      <NodeCostPanel />
      {currency !== null && <PriceDialogs open={open} currency={currency} onClose={() => setOpen(null)} />}
    </Page>
  );
}

type ActionsProps = { readonly blocked: string | undefined; readonly onOpen: (dialog: OpenDialog) => void };

function Actions({ blocked, onOpen }: ActionsProps) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const { projectId } = useProject();
  const save = async () => {
    const { csv } = await client.fetchQuery(trpc.prices.export.queryOptions({ projectId }, { staleTime: 0 }));
    saveText('prices.csv', csv, 'text/csv');
  };
  return (
    <ActionBar>
      <Button
        variant="primary"
        icon={Plus}
        disabledReason={blocked}
        onClick={() => onOpen({ kind: 'add', prefill: {} })}
      >
        Add a price
      </Button>
      <Button icon={Upload} disabledReason={blocked} onClick={() => onOpen({ kind: 'import' })}>
        Import CSV
      </Button>
      <Button icon={ListPlus} disabledReason={blocked} onClick={() => onOpen({ kind: 'starter' })}>
        Starter lists
      </Button>
      <Button icon={Download} onClick={() => void save()}>
        Export CSV
      </Button>
      <ButtonLink href="/prices/bills" icon={Scale}>
        Bill check
      </ButtonLink>
    </ActionBar>
  );
}
