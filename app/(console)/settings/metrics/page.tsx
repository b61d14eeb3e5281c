import type { Metadata } from 'next';
import { MetricTemplateList } from '../../../../components/metric-templates/metric-template-list.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Metric templates' };

export default async function MetricTemplatesPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(
    trpc().metricTemplates.list.queryOptions({ projectId }),
    trpc().environments.list.queryOptions({ projectId }),
  );
  return (
    <Hydrate>
      <MetricTemplateList />
    </Hydrate>
  );
}
