import type { Metadata } from 'next';
import { costAsk, costInput, projectInput } from '../../../components/costs/cost-ask.ts';
import { CostPage } from '../../../components/costs/cost-page.tsx';
import type { SearchParams } from '../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';
import { permitted } from '../permitted.ts';

export const metadata: Metadata = { title: 'Costs' };

export default async function CostsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const asked = costAsk(await searchParams, Date.now());
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  const isInstance = asked.scope === 'instance' && (await permitted('instanceCosts.read', projectId));
  const ask = isInstance || asked.scope === 'project' ? asked : costAsk({}, Date.now());
  await prefetch(
    isInstance
      ? trpc().instanceCosts.read.queryOptions(costInput(ask))
      : trpc().costs.read.queryOptions({ projectId, ...projectInput(ask) }),
  );
  return (
    <Hydrate>
      <CostPage ask={ask} />
    </Hydrate>
  );
}
