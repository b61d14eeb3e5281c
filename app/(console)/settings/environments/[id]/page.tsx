import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { EnvironmentPage } from '../../../../../components/environments/environment-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

export const metadata: Metadata = { title: 'Environment' };

export default async function OneEnvironmentPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  const rows = await found(trpc().environments.list.queryOptions({ projectId }));
  if (!rows.some((row) => row.id === id)) notFound();
  await prefetch(trpc().clusters.list.queryOptions(), trpc().policies.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <EnvironmentPage environmentId={id} />
    </Hydrate>
  );
}
