import type { Metadata } from 'next';
import { oneParam, type SearchParams } from '../../../../components/rollouts/list-params.ts';
import { NewService } from '../../../../components/services/new-service.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'New service' };

type Props = { searchParams: Promise<SearchParams> };

export default async function NewServicePage({ searchParams }: Props) {
  const params = await searchParams;
  const start = {
    environmentId: oneParam(params, 'environment') ?? null,
    name: oneParam(params, 'name') ?? '',
  };
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(
    trpc().environments.list.queryOptions({ projectId }),
    trpc().members.list.queryOptions({ projectId }),
  );
  return (
    <Hydrate>
      <NewService start={start} />
    </Hydrate>
  );
}
