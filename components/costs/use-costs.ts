import { useQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import type { CostAnswer } from './cost-answers.ts';
import { type CostAsk, costInput, projectInput } from './cost-ask.ts';

const everyMs = 60_000;
/** While the history is counted. */
const countingMs = 3_000;

const pace = ({ state }: { state: { data?: CostAnswer | undefined } }): number =>
  state.data?.sealing.underWay == null ? everyMs : countingMs;

/** The answer for the project or the instance; looked at again every minute, as open hours go on. */
export function useCosts(ask: CostAsk) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const isInstance = ask.scope === 'instance';
  const own = useQuery({
    ...trpc.costs.read.queryOptions({ projectId, ...projectInput(ask) }),
    enabled: !isInstance,
    refetchInterval: pace,
  });
  const all = useQuery({
    ...trpc.instanceCosts.read.queryOptions(costInput(ask)),
    enabled: isInstance,
    refetchInterval: pace,
  });
  return isInstance ? all : own;
}
