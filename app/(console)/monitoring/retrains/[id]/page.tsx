import type { Metadata } from 'next';
import { RetrainPage } from '../../../../../components/retraining/retrain-page.tsx';
import { Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

export const metadata: Metadata = { title: 'Retraining' };

export default async function OneRetrainPage({ params }: { params: Promise<{ id: string }> }) {
  const requestId = (await params).id;
  await found(trpc().retrains.get.queryOptions({ requestId }));
  return (
    <Hydrate>
      <RetrainPage requestId={requestId} />
    </Hydrate>
  );
}
