import type { Metadata } from 'next';
import { oneParam, type SearchParams } from '../../../../components/rollouts/list-params.ts';
import { DiscoverPage } from '../../../../components/workloads/discover-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Discover' };

export default async function DiscoverServicesPage({
  searchParams,
}: {
  searchParams: Promise<SearchParams>;
}) {
  const params = await searchParams;
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().environments.list.queryOptions({ projectId }));
  const filter = {
    search: oneParam(params, 'q'),
    kind: oneParam(params, 'kind'),
    manager: oneParam(params, 'manager'),
  };
  return (
    <Hydrate>
      <DiscoverPage environmentId={oneParam(params, 'environment')} filter={filter} />
    </Hydrate>
  );
}
