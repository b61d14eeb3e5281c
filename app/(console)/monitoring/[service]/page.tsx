import type { Metadata } from 'next';
import { ServiceMonitoringPage } from '../../../../components/monitoring/service-page.tsx';
import { Hydrate, trpc } from '../../../trpc.tsx';
import { found } from '../../found.ts';

export const metadata: Metadata = { title: 'Monitoring of a service' };

export default async function OneServiceMonitoringPage({ params }: { params: Promise<{ service: string }> }) {
  const serviceId = (await params).service;
  await found(trpc().monitoring.get.queryOptions({ serviceId }));
  return (
    <Hydrate>
      <ServiceMonitoringPage serviceId={serviceId} />
    </Hydrate>
  );
}
