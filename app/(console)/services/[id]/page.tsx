import type { Metadata } from 'next';
import { oneParam, type SearchParams } from '../../../../components/rollouts/list-params.ts';
import { ServicePage } from '../../../../components/services/service-page.tsx';
import { serviceTab } from '../../../../components/services/service-tabs.ts';
import { Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { found } from '../../found.ts';

type Props = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> };

async function read(params: Props['params']) {
  const { id } = await params;
  return await found(trpc().services.get.queryOptions({ serviceId: id }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await read(params)).name };
}

export default async function ServiceDetailPage({ params, searchParams }: Props) {
  const service = await read(params);
  const tab = serviceTab(oneParam(await searchParams, 'tab'));
  const serviceId = service.id;
  if (tab === 'overview')
    await prefetch(
      trpc().services.samples.queryOptions({ serviceId }),
      ...(service.environment.clusterKind === 'sandbox'
        ? [trpc().sandbox.get.queryOptions({ serviceId })]
        : []),
    );
  return (
    <Hydrate>
      <ServicePage serviceId={serviceId} tab={tab} />
    </Hydrate>
  );
}
