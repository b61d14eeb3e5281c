import type { Metadata } from 'next';
import { ReportPage } from '../../../../components/reports/report-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Weekly report' };

export default async function ReportSettingsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().reports.get.queryOptions({ projectId }));
  return (
    <Hydrate>
      <ReportPage />
    </Hydrate>
  );
}
