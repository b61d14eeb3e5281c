'use client';

import { useQuery } from '@tanstack/react-query';
import type { Measure } from '../../domain/budget/budget-words.ts';
import { NotReadable } from '../not-readable.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { BurnDownPanel } from './burn-down-panel.tsx';

const refreshMs = 60_000;
/** A new budget is counted within a minute. */
const soonMs = 5_000;

type Props = { readonly requestId: string; readonly budgetId: string; readonly measure: Measure };

/** The burn-down of the budget on the other side of a transfer, for whoever has to sign it. */
export function OtherBurnDown({ requestId, budgetId, measure }: Props) {
  const trpc = useTrpc();
  const { data, error, refetch } = useQuery({
    ...trpc.budgets.otherSide.queryOptions({ requestId, budgetId }),
    refetchInterval: ({ state }) => (state.data?.budget.status === null ? soonMs : refreshMs),
  });
  if (data === undefined)
    return error === null ? (
      <Skeleton className="h-64 w-full" />
    ) : (
      <Panel>
        <NotReadable title="The other budget could not be read" error={error} onAgain={refetch} />
      </Panel>
    );
  const { budget, movements, series } = data;
  return (
    <BurnDownPanel budget={budget} movements={movements} series={series} measure={measure} of={budget.name} />
  );
}
