import type { Metadata } from 'next';
import { ClusterList } from '../../../../components/clusters/cluster-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Clusters' };

export default async function ClustersPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().clusters.list.queryOptions());
  return (
    <Hydrate>
      <ClusterList />
    </Hydrate>
  );
}
