'use client';

import { useQuery } from '@tanstack/react-query';
import { countText } from '../../domain/figure-text.ts';
import { moneyText } from '../../domain/price/money.ts';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { VersionCost } from './unit-cost-answers.ts';
import { cacheText, countedText, doubtWords, tokenLackText, unitText, zeroText } from './unit-cost-words.ts';

/** What a version cost in the last week, and what requests and tokens of it cost. */
export function VersionCostPanel({ modelVersionId }: { modelVersionId: string }) {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.unitCosts.ofVersion.queryOptions({ modelVersionId }));
  return (
    <Panel title="What it costs" description="The last 7 days, GPU nodes loaded">
      {error !== null && <Banner tone="bad" title={errorSentence(error)} />}
      {data === undefined && error === null && <Skeleton className="h-32 w-full" />}
      {data !== undefined && <Figures answer={data} />}
    </Panel>
  );
}

function Figures({ answer }: { answer: VersionCost }) {
  const { currency, use, figures, idleNano, trainingNano, atZero } = answer;
  if (currency === null)
    return (
      <p className="text-ink-muted">
        Nothing has a price yet. <TextLink href="/prices">See the price book</TextLink>.
      </p>
    );
  const training =
    trainingNano === 0n ? [] : [{ label: 'Training', value: moneyText(trainingNano, currency) }];
  if (use === null || figures === null)
    return training.length === 0 ? (
      <p className="text-ink-muted">It has not run yet.</p>
    ) : (
      <KeyValueList items={training} />
    );
  const { cost, tokens, tokenLack, cache } = figures;
  const saved =
    atZero === null
      ? []
      : [
          {
            label: 'Saved at 0',
            value: `at most ${moneyText(atZero.atMostNano, currency)}`,
            hint: zeroText(atZero),
          },
        ];
  return (
    <div className="flex flex-col gap-3">
      <KeyValueList
        items={[
          {
            label: '1,000 requests',
            value: unitText(cost.perThousandRequestsNano, currency),
            hint: countedText(use),
          },
          {
            label: 'A million tokens',
            value: unitText(cost.perMillionTokensNano, currency),
            hint: tokenLack === null ? `${countText(tokens ?? 0)} tokens` : tokenLackText(tokenLack),
          },
          { label: 'Serving', value: moneyText(use.servingNano, currency), hint: 'With warm-up' },
          { label: 'Idle', value: moneyText(idleNano, currency), hint: 'Its share of GPUs of the product' },
          { label: 'Held', value: moneyText(use.holdNano, currency), hint: 'Start-up, drain, crash loops' },
          ...training,
          ...saved,
        ]}
      />
      {cache !== null && <p className="text-ink-muted text-xs">{cacheText(cache, currency)}</p>}
      {cost.doubts.map((doubt) => (
        <Banner key={doubt} tone="warn" title={doubtWords[doubt]} />
      ))}
    </div>
  );
}
