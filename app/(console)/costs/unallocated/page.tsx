import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { UnallocatedPage } from '../../../../components/costs/unallocated-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Unallocated' };

export default async function Unallocated() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (!(await permitted('attribution.unallocated', projectId))) notFound();
  await prefetch(trpc().attribution.unallocated.queryOptions(), trpc().attribution.rules.queryOptions());
  return (
    <Hydrate>
      <UnallocatedPage />
    </Hydrate>
  );
}
