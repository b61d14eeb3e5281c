import type { Metadata } from 'next';
import { DriftAlertPage } from '../../../../../components/monitoring/alert-page.tsx';
import { Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

export const metadata: Metadata = { title: 'Drift alert' };

export default async function OneDriftAlertPage({ params }: { params: Promise<{ id: string }> }) {
  const alertId = (await params).id;
  await found(trpc().driftAlerts.get.queryOptions({ alertId }));
  return (
    <Hydrate>
      <DriftAlertPage alertId={alertId} />
    </Hydrate>
  );
}
