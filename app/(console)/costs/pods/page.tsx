import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { costAsk, costInput, projectInput } from '../../../../components/costs/cost-ask.ts';
import { CostPodsPage } from '../../../../components/costs/cost-pods-page.tsx';
import { oneParam, type SearchParams } from '../../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'Pods behind the amount' };

export default async function PodsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const ask = costAsk(params, Date.now());
  const group = oneParam(params, 'group');
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (group === undefined) notFound();
  await prefetch(
    ask.scope === 'instance'
      ? trpc().instanceCosts.pods.queryOptions({ ...costInput(ask), group })
      : trpc().costs.pods.queryOptions({ projectId, ...projectInput(ask), group }),
  );
  return (
    <Hydrate>
      <CostPodsPage ask={ask} group={group} />
    </Hydrate>
  );
}
