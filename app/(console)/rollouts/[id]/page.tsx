import type { Metadata } from 'next';
import { RolloutPage } from '../../../../components/rollouts/rollout-page.tsx';
import { rolloutTitle } from '../../../../components/rollouts/rollout-words.ts';
import { Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { found } from '../../found.ts';

type Props = { params: Promise<{ id: string }> };

async function read(params: Props['params']) {
  const { id } = await params;
  return await found(trpc().rollouts.get.queryOptions({ rolloutId: id }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: rolloutTitle(await read(params)) };
}

export default async function RolloutDetailPage({ params }: Props) {
  const rollout = await read(params);
  await prefetch(
    trpc().rollouts.series.queryOptions({ rolloutId: rollout.id }),
    ...(rollout.environment.clusterKind === 'sandbox'
      ? [trpc().sandbox.get.queryOptions({ serviceId: rollout.service.id })]
      : []),
  );
  return (
    <Hydrate>
      <RolloutPage rolloutId={rollout.id} />
    </Hydrate>
  );
}
