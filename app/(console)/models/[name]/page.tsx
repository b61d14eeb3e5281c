import type { Metadata } from 'next';
import { nameOfSegment } from '../../../../components/models/model-links.ts';
import { modelMatrixAsk } from '../../../../components/models/model-matrix-ask.ts';
import { ModelPage } from '../../../../components/models/model-page.tsx';
import { listAsk, type SearchParams } from '../../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { found } from '../../found.ts';

type Props = { params: Promise<{ name: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: nameOfSegment((await params).name) };
}

export default async function OneModelPage({ params, searchParams }: Props) {
  const name = nameOfSegment((await params).name);
  const ask = listAsk(await searchParams);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  const model = await found(trpc().models.get.queryOptions({ projectId, name, ...ask }));
  if (model.live.length > 0)
    await prefetch(trpc().services.matrix.queryOptions(modelMatrixAsk(projectId, model.name)));
  return (
    <Hydrate>
      <ModelPage name={name} ask={ask} />
    </Hydrate>
  );
}
