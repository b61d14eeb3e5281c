import type { Metadata } from 'next';
import { HeartbeatPage } from '../../../../components/heartbeat/heartbeat-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Heartbeat' };

export default async function HeartbeatSettingsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (await permitted('heartbeat.get', projectId)) await prefetch(trpc().heartbeat.get.queryOptions());
  return (
    <Hydrate>
      <HeartbeatPage />
    </Hydrate>
  );
}
