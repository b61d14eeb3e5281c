'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { ListPager } from '../rollouts/list-pager.tsx';
import type { ListAsk } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { FilterSelect } from '../ui/filter-select.tsx';
import { Panel } from '../ui/panel.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { NoServices } from './no-services.tsx';
import { ServiceTable } from './service-table.tsx';
import { ViewSwitch } from './view-switch.tsx';

type Props = { readonly ask: ListAsk; readonly environmentId: string | undefined };

const refreshMs = 15_000;

/** Services of the project, filtered, searched and paged on the server. */
export function ServiceList({ ask, environmentId }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const filter = environmentId === undefined ? {} : { environmentId };
  const { data: environments } = useSuspenseQuery(trpc.environments.list.queryOptions({ projectId }));
  const { data } = useSuspenseQuery({
    ...trpc.services.list.queryOptions({ projectId, ...filter, ...ask }),
    refetchInterval: refreshMs,
  });
  const isFiltered = ask.search !== undefined || environmentId !== undefined;
  return (
    <Panel
      flush
      title={<SearchInput label="Search services" placeholder="Service, model or owner" />}
      actions={
        <>
          <FilterSelect
            label="Environment"
            param="environment"
            options={environments.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <ViewSwitch view="list" />
        </>
      }
    >
      <ServiceTable
        rows={data.rows}
        empty={<NoServices isFiltered={isFiltered} />}
        pager={
          <ListPager
            page={data}
            noun="services"
            path="/services"
            params={{ view: 'list', q: ask.search, environment: environmentId }}
          />
        }
      />
    </Panel>
  );
}
