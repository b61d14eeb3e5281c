import type { Metadata } from 'next';
import { ClusterPage } from '../../../../../components/clusters/cluster-page.tsx';
import { currentProjectId, Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

type Props = { params: Promise<{ id: string }> };

async function read(params: Props['params']) {
  const { id } = await params;
  return await found(trpc().clusters.get.queryOptions({ clusterId: id }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await read(params)).name };
}

export default async function ClusterDetailPage({ params }: Props) {
  const cluster = await read(params);
  if ((await currentProjectId()) === null) return null;
  return (
    <Hydrate>
      <ClusterPage clusterId={cluster.id} />
    </Hydrate>
  );
}
