import type { Metadata } from 'next';
import { MonitoringList } from '../../../components/monitoring/monitoring-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'Monitoring' };

export default async function MonitoringPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().monitoring.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <MonitoringList />
    </Hydrate>
  );
}
