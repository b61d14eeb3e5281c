'use client';

import { useQuery } from '@tanstack/react-query';
import { Target } from 'lucide-react';
import { useState } from 'react';
import { LineChart } from '../charts/line-chart.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import {
  type BurnKey,
  burnChart,
  burnOptions,
  objectiveMarks,
  type Promised,
  promiseFacts,
  promiseTitle,
  whyNoFigure,
} from './prepare-objectives.ts';
import type { ObjectivesAnswer } from './service-answers.ts';

const refreshMs = 60_000;

/** What the Service promises over 28 days, what is left of its budget, and how fast that goes. */
export function ObjectivesPanel({ serviceId }: { serviceId: string }) {
  const trpc = useTrpc();
  const [window, setWindow] = useState<BurnKey>('steady');
  const { data, error } = useQuery({
    ...trpc.services.objectives.queryOptions({ serviceId }),
    refetchInterval: refreshMs,
  });
  const has = data !== undefined && data.promises.length > 0;
  return (
    <Panel
      title="Objectives"
      description="Of the last 28 days"
      id="objectives"
      actions={
        has ? (
          <Segmented label="Burn rate over" value={window} options={burnOptions} onChange={setWindow} />
        ) : undefined
      }
    >
      {error !== null ? (
        <Banner tone="bad" title={errorSentence(error)} />
      ) : data === undefined ? (
        <Skeleton className="h-40 w-full" />
      ) : has ? (
        <div className="flex flex-col gap-6">
          {data.promises.map((promise) => (
            <PromiseView
              key={promise.kind}
              serviceId={serviceId}
              promise={promise}
              answer={data}
              window={window}
            />
          ))}
        </div>
      ) : (
        <EmptyState icon={Target} title="Nothing is promised yet">
          Set an objective, such as 99.9 % without errors, in the{' '}
          <TextLink href={`/services/${serviceId}?tab=settings`}>settings of this service</TextLink>: then its
          budget is counted, and somebody is called when it burns.
        </EmptyState>
      )}
    </Panel>
  );
}

type Props = {
  readonly serviceId: string;
  readonly promise: Promised;
  readonly answer: ObjectivesAnswer;
  readonly window: BurnKey;
};

function PromiseView({ serviceId, promise, answer, window }: Props) {
  const facts = promiseFacts(promise);
  const chart = burnChart(promise, window);
  const alerts = promise.burns.filter((burn) => burn.verdict === 'burning' || burn.verdict === 'tooFew');
  return (
    <section aria-label={promiseTitle(promise)} className="flex flex-col gap-3">
      <h3 className="font-medium">{promiseTitle(promise)}</h3>
      {facts === null ? (
        <p className="text-ink-muted">{whyNoFigure(promise)}</p>
      ) : (
        <StatRow>
          <Stat label="Kept" value={facts.good} tone={facts.goodTone} hint={facts.basis} />
          <Stat label="Error budget" value={facts.budget} tone={facts.budgetTone} hint="of 28 days" />
          <Stat label="Burns at" value={facts.burn} tone={facts.burnTone} hint={facts.burnHint} />
        </StatRow>
      )}
      {alerts.map((burn) => (
        <Banner
          key={burn.policy.key}
          tone={burn.verdict === 'tooFew' ? 'info' : burn.policy.severity === 'high' ? 'bad' : 'warn'}
          title={burn.sentence}
        />
      ))}
      {facts !== null && (
        <LineChart
          title={chart.title}
          unit="times"
          series={chart.series}
          thresholds={chart.thresholds}
          marks={objectiveMarks(answer.marks)}
          rangeMs={{ from: answer.range.from.getTime(), to: answer.range.to.getTime() }}
          stepMs={3_600_000}
          spec={{ kind: 'burnRate', serviceId, promise: promise.kind, window }}
          height={180}
          emptyText="Too little was measured for this window: at least half of it has to be."
        />
      )}
    </section>
  );
}
