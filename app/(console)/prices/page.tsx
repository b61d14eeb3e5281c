import type { Metadata } from 'next';
import { priceAsk } from '../../../components/prices/price-filter.ts';
import { PricesPage } from '../../../components/prices/prices-page.tsx';
import type { SearchParams } from '../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';
import { permitted } from '../permitted.ts';

export const metadata: Metadata = { title: 'Prices' };

export default async function Prices({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ask = priceAsk(await searchParams);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().prices.list.queryOptions({ projectId, ...ask }));
  if (await permitted('prices.unpriced', projectId)) {
    await prefetch(trpc().prices.unpriced.queryOptions());
    await prefetch(trpc().prices.spot.queryOptions());
  }
  return (
    <Hydrate>
      <PricesPage ask={ask} />
    </Hydrate>
  );
}
