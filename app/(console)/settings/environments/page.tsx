import type { Metadata } from 'next';
import { EnvironmentList } from '../../../../components/environments/environment-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Environments' };

export default async function EnvironmentsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().environments.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <EnvironmentList />
    </Hydrate>
  );
}
