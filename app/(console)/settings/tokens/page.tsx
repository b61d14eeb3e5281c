import type { Metadata } from 'next';
import { TokenList } from '../../../../components/tokens/token-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'API tokens' };

export default async function TokensPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (await permitted('tokens.list', projectId))
    await prefetch(trpc().tokens.list.queryOptions({ projectId }));
  return (
    <Hydrate>
      <TokenList />
    </Hydrate>
  );
}
