'use client';

import { useState } from 'react';
import { capacityWords } from '../../domain/price/price-words.ts';
import { starterLists } from '../../domain/price/starter-list.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useCommand } from '../use-command.ts';

/** Public list prices of a day, to begin with. */
export function StarterLists({ currency }: { currency: string }) {
  return (
    <div className="flex flex-col gap-5">
      {starterLists.map((list) => (
        <section key={list.id} aria-label={list.title} className="flex flex-col gap-2">
          <header className="flex flex-wrap items-center justify-between gap-2">
            <div>
              <h3 className="font-semibold">{list.title}</h3>
              <p className="text-ink-muted text-xs">
                {list.source}, as of {list.date}. Prices of today may differ.
              </p>
            </div>
            <AddList listId={list.id} otherCurrency={list.currency === currency ? null : list.currency} />
          </header>
          <ul className="grid gap-x-6 text-xs sm:grid-cols-2">
            {list.figures.map((figure) => (
              <li
                key={`${figure.instanceType} ${figure.capacityType ?? ''}`}
                className="flex justify-between gap-3 border-line border-b py-1"
              >
                <span>
                  <span className="font-mono">{figure.instanceType}</span>{' '}
                  <span className="text-ink-muted">
                    {figure.gpus}, {capacityWords[figure.capacityType ?? 'onDemand']}
                  </span>
                </span>
                <span className="whitespace-nowrap tabular-nums">
                  {list.currency} {figure.amount}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

type ListId = (typeof starterLists)[number]['id'];

function AddList({ listId, otherCurrency }: { listId: ListId; otherCurrency: string | null }) {
  const trpc = useTrpc();
  const [said, setSaid] = useState<string | null>(null);
  const add = useCommand((extra) => trpc.prices.addStarterList.mutationOptions(extra), {
    onDone: ({ added, present }) =>
      setSaid(
        added === 0
          ? 'Every price of it is in the book.'
          : `${added} added${present === 0 ? '' : `, ${present} were there`}.`,
      ),
  });
  const blocked =
    otherCurrency === null
      ? undefined
      : `This list is in ${otherCurrency}, and this instance counts in another currency.`;
  return (
    <div className="flex items-center gap-2">
      {said !== null && <span role="status">{said}</span>}
      {add.error !== null && <Banner tone="bad" title={add.error} />}
      <Button size="small" busy={add.busy} disabledReason={blocked} onClick={() => add.run({ listId })}>
        Add the list
      </Button>
    </div>
  );
}
