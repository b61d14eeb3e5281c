import type { Metadata } from 'next';
import { FeaturePage } from '../../../../../components/monitoring/feature-page.tsx';
import { featureRange } from '../../../../../components/monitoring/feature-range.ts';
import type { SearchParams } from '../../../../../components/rollouts/list-params.ts';
import { Hydrate, trpc } from '../../../../trpc.tsx';
import { found } from '../../../found.ts';

export const metadata: Metadata = { title: 'Drift of a feature' };

type Props = {
  params: Promise<{ service: string; feature: string }>;
  searchParams: Promise<SearchParams>;
};

export default async function OneFeaturePage({ params, searchParams }: Props) {
  const featureId = (await params).feature;
  const range = featureRange(await searchParams);
  await found(
    trpc().monitoring.feature.queryOptions({ featureId, ...(range === undefined ? {} : { range }) }),
  );
  return (
    <Hydrate>
      <FeaturePage featureId={featureId} range={range} />
    </Hydrate>
  );
}
