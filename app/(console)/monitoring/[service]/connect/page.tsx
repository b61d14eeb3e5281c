import type { Metadata } from 'next';
import { ConnectPage } from '../../../../../components/connect/connect-page.tsx';
import { Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

export const metadata: Metadata = { title: 'Connect a service' };

export default async function ConnectServicePage({ params }: { params: Promise<{ service: string }> }) {
  const serviceId = (await params).service;
  await found(trpc().monitoring.connect.queryOptions({ serviceId }));
  return (
    <Hydrate>
      <ConnectPage serviceId={serviceId} />
    </Hydrate>
  );
}
