'use client';

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { countText, figureText } from '../../domain/figure-text.ts';
import { moneyText } from '../../domain/price/money.ts';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { ArmCost, RolloutCost } from './unit-cost-answers.ts';
import {
  cacheText,
  countedText,
  doubtWords,
  loadLackText,
  ratioText,
  tokenLackText,
  unitText,
} from './unit-cost-words.ts';

/** What requests and tokens cost on the canary and on stable, at the loads that they had and at equal load. */
export function RolloutCostPanel({ rolloutId }: { rolloutId: string }) {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.unitCosts.ofRollout.queryOptions({ rolloutId }));
  return (
    <Panel
      title="Cost of requests and tokens"
      description="Serving and warm-up by the whole hours of the rollout"
    >
      {error !== null && <Banner tone="bad" title={errorSentence(error)} />}
      {data === undefined && error === null && <Skeleton className="h-32 w-full" />}
      {data !== undefined && <Figures answer={data} />}
    </Panel>
  );
}

function Figures({ answer }: { answer: RolloutCost }) {
  const { currency, canary, stable, ratio } = answer;
  if (currency === null)
    return (
      <p className="text-ink-muted">
        Nothing has a price yet. <TextLink href="/prices">See the price book</TextLink>.
      </p>
    );
  const arms = [
    ['Canary', canary],
    ['Stable', stable],
  ] as const;
  const found = arms.flatMap(([label, arm]) => (arm === null ? [] : [{ label, arm }]));
  const doubts = new Set(found.flatMap(({ arm }) => arm.cost.doubts));
  const ratioSentence = ratioText(ratio);
  const caches = found.flatMap(({ label, arm }) =>
    arm.cache === null ? [] : [`${label}: ${cacheText(arm.cache, currency)}`],
  );
  return (
    <div className="flex flex-col gap-4">
      <Load title="At the loads that both had" items={found.flatMap((of) => actualItems(of, currency))}>
        {ratioSentence !== null && `${ratioSentence} `}
        {ratio !== null && ratio > 1.005 && 'A canary with little traffic idles, and that is in its cost.'}
      </Load>
      <Load title="At equal load" items={found.flatMap((of) => equalItems(of, currency))}>
        {equalLoadText(answer)}
      </Load>
      {caches.map((sentence) => (
        <p key={sentence} className="text-ink-muted text-xs">
          {sentence}
        </p>
      ))}
      {[...doubts].map((doubt) => (
        <Banner key={doubt} tone="warn" title={doubtWords[doubt]} />
      ))}
    </div>
  );
}

type Found = { readonly label: string; readonly arm: ArmCost };
type Item = { readonly label: string; readonly value: string; readonly hint: string };
type LoadProps = { readonly title: string; readonly items: readonly Item[]; readonly children: ReactNode };

function Load({ title, items, children }: LoadProps) {
  return (
    <section className="flex flex-col gap-2" aria-label={title}>
      <h3 className="font-medium text-xs">{title}</h3>
      {items.length > 0 && <KeyValueList items={items} />}
      <p className="text-ink-muted text-xs">{children}</p>
    </section>
  );
}

function actualItems({ label, arm }: Found, currency: string): Item[] {
  const requests = {
    label: `${label} (revision ${arm.number})`,
    value: `${unitText(arm.cost.perThousandRequestsNano, currency)} for 1,000 requests`,
    hint: `${moneyText(arm.servingNano, currency)} for ${countedText(arm)}`,
  };
  const { perMillionTokensNano } = arm.cost;
  return [
    requests,
    {
      label: `${label}, tokens`,
      value:
        perMillionTokensNano === null
          ? '–'
          : `${unitText(perMillionTokensNano, currency)} for a million tokens`,
      hint: arm.tokenLack === null ? `${countText(arm.tokens ?? 0)} tokens` : tokenLackText(arm.tokenLack),
    },
  ];
}

function equalItems({ label, arm }: Found, currency: string): Item[] {
  if (arm.equalLoad.kind !== 'cost') return [];
  const { perThousandRequestsNano, perMillionTokensNano, concurrency } = arm.equalLoad;
  const tokens =
    perMillionTokensNano === null ? '' : `, ${unitText(perMillionTokensNano, currency)} for a million tokens`;
  return [
    {
      label: `${label} (revision ${arm.number})`,
      value: `${unitText(perThousandRequestsNano, currency)} for 1,000 requests${tokens}`,
      hint: `As if always as busy as while busy: ${figureText(concurrency)} at a time`,
    },
  ];
}

/** What the two cost against each other at equal load, or why that cannot be said. */
function equalLoadText({ canary, stable, equalLoadRatio }: RolloutCost): string {
  const sentence = ratioText(equalLoadRatio);
  if (sentence !== null) return sentence;
  const lacks = [
    ['Canary', canary],
    ['Stable', stable],
  ] as const;
  const reasons = lacks.flatMap(([who, arm]) =>
    arm?.equalLoad.kind === 'lack' ? [`${who}: ${loadLackText(arm.equalLoad.lack)}.`] : [],
  );
  return reasons.length === 0 ? 'There is nothing to compare.' : `Not compared. ${reasons.join(' ')}`;
}
