'use client';

import { useQuery } from '@tanstack/react-query';
import { formatPercent } from '../../domain/number-format.ts';
import { moneyText } from '../../domain/price/money.ts';
import { NotReadable } from '../not-readable.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';

/** What all metered nodes cost in 30 days, how much of it is spot, and what that saved. */
export function SpotStats({ currency }: { currency: string }) {
  const trpc = useTrpc();
  const { data, error, refetch } = useQuery(trpc.prices.spot.queryOptions());
  if (data === undefined)
    return error === null ? (
      <Skeleton className="h-20 w-full" />
    ) : (
      <Panel>
        <NotReadable title="What spot saved could not be read" error={error} onAgain={refetch} />
      </Panel>
    );
  const { allNano, spotShare, savedNano, notComparedNano } = data;
  return (
    <StatRow>
      <Stat
        label={`All nodes with a price, last ${data.days} days`}
        value={moneyText(allNano, currency)}
        hint="Whole nodes, used or idle."
      />
      <Stat label="Of it on spot" value={spotShare === null ? '–' : formatPercent(spotShare)} />
      <Stat
        label="Spot saved"
        value={moneyText(savedNano, currency)}
        hint={
          notComparedNano === 0n
            ? 'Against the on-demand price of the same node at the same time.'
            : `${moneyText(notComparedNano, currency)} of spot has no on-demand price to compare with.`
        }
      />
    </StatRow>
  );
}
