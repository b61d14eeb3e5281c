'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { ListPager } from '../rollouts/list-pager.tsx';
import type { ListAsk } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Panel } from '../ui/panel.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { NoServices } from './no-services.tsx';
import { ServiceMatrixTable } from './service-matrix.tsx';
import { ViewSwitch } from './view-switch.tsx';

const refreshMs = 15_000;

/** All services by environment, searched and paged on the server. */
export function MatrixPanel({ ask }: { ask: ListAsk }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery({
    ...trpc.services.matrix.queryOptions({ projectId, ...ask }),
    refetchInterval: refreshMs,
  });
  return (
    <Panel
      flush
      title={<SearchInput label="Search services" placeholder="Service or model" />}
      actions={<ViewSwitch view="matrix" />}
    >
      <ServiceMatrixTable
        matrix={data}
        caption="Services by environment"
        empty={<NoServices isFiltered={ask.search !== undefined} />}
        pager={<ListPager page={data} noun="services" path="/services" params={{ q: ask.search }} />}
      />
    </Panel>
  );
}
