import type { Metadata } from 'next';
import { EnvironmentPage } from '../../../../../components/environments/environment-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../../trpc.tsx';

export const metadata: Metadata = { title: 'New environment' };

export default async function NewEnvironmentPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(
    trpc().environments.list.queryOptions({ projectId }),
    trpc().clusters.list.queryOptions(),
    trpc().policies.list.queryOptions({ projectId }),
  );
  return (
    <Hydrate>
      <EnvironmentPage environmentId={null} />
    </Hydrate>
  );
}
