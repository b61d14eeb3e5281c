import type { Metadata } from 'next';
import { ModelList } from '../../../components/models/model-list.tsx';
import { listAsk, type SearchParams } from '../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'Models' };

export default async function ModelsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ask = listAsk(await searchParams);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().models.list.queryOptions({ projectId, ...ask }));
  return (
    <Hydrate>
      <ModelList ask={ask} />
    </Hydrate>
  );
}
