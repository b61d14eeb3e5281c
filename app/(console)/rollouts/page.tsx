import type { Metadata } from 'next';
import { listAsk, rolloutFilter, type SearchParams } from '../../../components/rollouts/list-params.ts';
import { RolloutList } from '../../../components/rollouts/rollout-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'Rollouts' };

export default async function RolloutsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const ask = listAsk(params);
  const filter = rolloutFilter(params);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().rollouts.list.queryOptions({ projectId, filter, ...ask }));
  return (
    <Hydrate>
      <RolloutList ask={ask} filter={filter} />
    </Hydrate>
  );
}
