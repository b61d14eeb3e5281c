import type { Metadata } from 'next';
import { listAsk, oneParam, type SearchParams } from '../../../components/rollouts/list-params.ts';
import { serviceView } from '../../../components/services/service-view.ts';
import { ServicesPage } from '../../../components/services/services-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'Services' };

type Props = { searchParams: Promise<SearchParams> };

export default async function AllServicesPage({ searchParams }: Props) {
  const params = await searchParams;
  const ask = listAsk(params);
  const view = serviceView(params);
  const environmentId = oneParam(params, 'environment');
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  const filter = environmentId === undefined ? {} : { environmentId };
  if (view === 'matrix') await prefetch(trpc().services.matrix.queryOptions({ projectId, ...ask }));
  else
    await prefetch(
      trpc().environments.list.queryOptions({ projectId }),
      trpc().services.list.queryOptions({ projectId, ...filter, ...ask }),
    );
  return (
    <Hydrate>
      <ServicesPage view={view} ask={ask} environmentId={environmentId} />
    </Hydrate>
  );
}
