import type { Metadata } from 'next';
import { SharedPage } from '../../../../components/shares/shared-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Shared outside' };

export default async function SharedOutsidePage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (await permitted('shares.list', projectId))
    await prefetch(trpc().shares.list.queryOptions({ projectId }));
  if (await permitted('instanceShares.list', projectId))
    await prefetch(trpc().instanceShares.list.queryOptions({}));
  return (
    <Hydrate>
      <SharedPage />
    </Hydrate>
  );
}
