import type { Metadata } from 'next';
import { DriftAlertList } from '../../../../components/monitoring/alert-list.tsx';
import { listAsk, type SearchParams } from '../../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Drift alerts' };

export default async function DriftAlertsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const { page } = listAsk(await searchParams);
  const ask = page === undefined ? {} : { page };
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().driftAlerts.list.queryOptions({ projectId, ...ask }));
  return (
    <Hydrate>
      <DriftAlertList ask={ask} />
    </Hydrate>
  );
}
