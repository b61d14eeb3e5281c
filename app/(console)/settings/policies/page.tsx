import type { Metadata } from 'next';
import { PolicyList } from '../../../../components/policies/policy-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Policies' };

export default async function PoliciesPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().policies.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <PolicyList />
    </Hydrate>
  );
}
