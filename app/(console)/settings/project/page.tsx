import type { Metadata } from 'next';
import { ProjectPage } from '../../../../components/settings/project-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Project' };

export default async function ProjectSettingsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().projects.list.queryOptions());
  return (
    <Hydrate>
      <ProjectPage />
    </Hydrate>
  );
}
