import type { Metadata } from 'next';
import { AllowedHostsPage } from '../../../../components/egress/allowed-hosts-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Private hosts' };

export default async function HostsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (await permitted('egress.list', projectId)) await prefetch(trpc().egress.list.queryOptions());
  return (
    <Hydrate>
      <AllowedHostsPage />
    </Hydrate>
  );
}
