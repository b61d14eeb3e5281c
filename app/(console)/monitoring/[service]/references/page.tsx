import type { Metadata } from 'next';
import { ReferencesPage } from '../../../../../components/references/references-page.tsx';
import { Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

export const metadata: Metadata = { title: 'References' };

export default async function ServiceReferencesPage({ params }: { params: Promise<{ service: string }> }) {
  const serviceId = (await params).service;
  await found(trpc().references.list.queryOptions({ serviceId }));
  return (
    <Hydrate>
      <ReferencesPage serviceId={serviceId} />
    </Hydrate>
  );
}
