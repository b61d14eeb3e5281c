import type { Metadata } from 'next';
import { DecisionPage } from '../../../../components/promotions/decision-page.tsx';
import { promotionTitle } from '../../../../components/promotions/promotion-words.ts';
import { Hydrate, trpc } from '../../../trpc.tsx';
import { found } from '../../found.ts';

type Props = { params: Promise<{ id: string }> };

async function read(params: Props['params']) {
  const { id } = await params;
  return await found(trpc().promotions.get.queryOptions({ promotionId: id }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: promotionTitle(await read(params)) };
}

export default async function PromotionPage({ params }: Props) {
  const promotion = await read(params);
  return (
    <Hydrate>
      <DecisionPage promotionId={promotion.id} />
    </Hydrate>
  );
}
