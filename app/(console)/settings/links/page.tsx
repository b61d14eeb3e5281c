import type { Metadata } from 'next';
import { LinkList } from '../../../../components/links/link-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Links' };

export default async function LinksPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(
    trpc().linkTemplates.list.queryOptions({ projectId }),
    trpc().environments.list.queryOptions({ projectId }),
  );
  return (
    <Hydrate>
      <LinkList />
    </Hydrate>
  );
}
