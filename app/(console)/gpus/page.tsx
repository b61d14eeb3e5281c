import type { Metadata } from 'next';
import { GpuMapPage } from '../../../components/gpus/gpu-map-page.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'GPUs' };

export default async function Gpus() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await Promise.all([
    prefetch(trpc().gpus.map.queryOptions({ projectId })),
    prefetch(trpc().gpus.waiting.queryOptions({ projectId })),
  ]);
  return (
    <Hydrate>
      <GpuMapPage />
    </Hydrate>
  );
}
