import type { Metadata } from 'next';
import { TemplatesPage } from '../../../../components/retraining/templates-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Training templates' };

export default async function TrainingPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (await permitted('retrainTemplates.list', projectId))
    await prefetch(trpc().retrainTemplates.list.queryOptions());
  return (
    <Hydrate>
      <TemplatesPage />
    </Hydrate>
  );
}
