import type { Metadata } from 'next';
import { RequestPage } from '../../../../components/promotions/request-page.tsx';
import { oneParam, type SearchParams } from '../../../../components/rollouts/list-params.ts';

export const metadata: Metadata = { title: 'Ask for promotion' };

export default async function NewPromotionPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  return (
    <RequestPage
      serviceId={oneParam(params, 'service') ?? null}
      modelVersionId={oneParam(params, 'modelVersion') ?? null}
      changesSpec={oneParam(params, 'change') === 'spec'}
    />
  );
}
