import { useQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { kindTitle, type SharedCharts, type ShareOwner } from './shared-charts.ts';

/** All that the shown project or the instance shares. */
export function useShares(owner: ShareOwner) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const isInstance = owner === 'instance';
  const ofProject = useQuery({ ...trpc.shares.list.queryOptions({ projectId }), enabled: !isInstance });
  const ofInstance = useQuery({ ...trpc.instanceShares.list.queryOptions({}), enabled: isInstance });
  return isInstance ? ofInstance : ofProject;
}

/** One of them in full. */
export function useShare(owner: ShareOwner, shareId: string) {
  const trpc = useTrpc();
  const isInstance = owner === 'instance';
  const ofProject = useQuery({ ...trpc.shares.get.queryOptions({ shareId }), enabled: !isInstance });
  const ofInstance = useQuery({ ...trpc.instanceShares.get.queryOptions({ shareId }), enabled: isInstance });
  return isInstance ? ofInstance : ofProject;
}

/** Labels for what the charts name; asked once, so that they do not change while somebody types. */
export function useProposal(owner: ShareOwner, { specs, range }: Pick<SharedCharts, 'specs' | 'range'>) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const isInstance = owner === 'instance';
  const asked = { charts: specs.map((spec) => ({ title: kindTitle(spec), spec })), range };
  const once = { staleTime: Infinity };
  const ofProject = useQuery({
    ...trpc.shares.propose.queryOptions({ projectId, ...asked }, once),
    enabled: !isInstance,
  });
  const ofInstance = useQuery({
    ...trpc.instanceShares.propose.queryOptions(asked, once),
    enabled: isInstance,
  });
  return isInstance ? ofInstance : ofProject;
}
