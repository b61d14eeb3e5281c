import type { Metadata } from 'next';
import { OverviewPage } from '../../components/overview/overview-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../trpc.tsx';

export const metadata: Metadata = { title: 'Overview' };

export default async function Overview() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().overview.get.queryOptions({ projectId }));
  return (
    <Hydrate>
      <OverviewPage />
    </Hydrate>
  );
}
