import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { costAsk, costInput, projectInput } from '../../../../components/costs/cost-ask.ts';
import { CostPodPage } from '../../../../components/costs/cost-pod-page.tsx';
import { oneParam, type SearchParams } from '../../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';

export const metadata: Metadata = { title: 'One pod’s amount' };

export default async function PodPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const ask = costAsk(params, Date.now());
  const group = oneParam(params, 'group');
  const nodeUid = oneParam(params, 'node');
  const podUid = oneParam(params, 'pod') ?? null;
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (group === undefined || nodeUid === undefined) notFound();
  const place = { group, nodeUid, podUid };
  await prefetch(
    ask.scope === 'instance'
      ? trpc().instanceCosts.pod.queryOptions({ ...costInput(ask), ...place })
      : trpc().costs.pod.queryOptions({ projectId, ...projectInput(ask), ...place }),
  );
  return (
    <Hydrate>
      <CostPodPage ask={ask} group={group} podUid={podUid} nodeUid={nodeUid} />
    </Hydrate>
  );
}
