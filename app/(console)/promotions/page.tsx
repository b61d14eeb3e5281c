import type { Metadata } from 'next';
import { promotionFilter } from '../../../components/promotions/promotion-filter.ts';
import { PromotionList } from '../../../components/promotions/promotion-list.tsx';
import { listAsk, type SearchParams } from '../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';

export const metadata: Metadata = { title: 'Promotions' };

export default async function PromotionsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const ask = listAsk(params);
  const filter = promotionFilter(params);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(trpc().promotions.list.queryOptions({ projectId, filter, ...ask }));
  return (
    <Hydrate>
      <PromotionList ask={ask} filter={filter} />
    </Hydrate>
  );
}
