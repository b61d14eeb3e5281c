'use client';

import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { countText } from '../../domain/figure-text.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { List, ListRow } from '../ui/list.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { RemoveDialog } from '../ui/remove-dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import type { PrometheusSource, PrometheusSources } from './prometheus-answers.ts';

const PrometheusForm = lazy(async () => ({
  default: (await import('./prometheus-form.tsx')).PrometheusForm,
}));

/** Someone waits for the first look while looking at it. */
const refreshMs = 3_000;

/** Histograms of the environment's Prometheus that are counted for a service: how that goes, and what to do when it does not. */
export function PrometheusPanel({ serviceId }: { serviceId: string }) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery({
    ...trpc.prometheusSources.list.queryOptions({ serviceId }),
    refetchInterval: refreshMs,
  });
  const [adding, setAdding] = useState<string | null>(null);
  const { sources, refusals, kept, proposed } = data;
  const noSource =
    kept === 'none'
      ? 'The environment has no metrics source: add one under Settings, Environments.'
      : undefined;
  return (
    <Panel
      flush={sources.length > 0}
      title="Prometheus"
      description="A worker reads raw buckets of a histogram every five minutes and counts how they grew, pod by pod."
      actions={
        <Button
          icon={Plus}
          disabledReason={reasonOf(refusals.create) ?? noSource}
          onClick={() => setAdding('')}
        >
          Count a histogram
        </Button>
      }
    >
      {sources.length > 0 && (
        <List label="Histograms that are counted">
          {sources.map((source) => (
            <SourceRow
              key={source.id}
              source={source}
              serviceId={serviceId}
              blocked={reasonOf(refusals.remove)}
            />
          ))}
        </List>
      )}
      {proposed.length > 0 && <Proposed data={data} onChoose={setAdding} />}
      {adding !== null && (
        <Dialog title="Count a histogram" open onOpenChange={(isOpen) => !isOpen && setAdding(null)}>
          <Suspense fallback={<Skeleton className="h-80 w-full" />}>
            <PrometheusForm
              serviceId={serviceId}
              kept={kept}
              metric={adding}
              onDone={() => setAdding(null)}
            />
          </Suspense>
        </Dialog>
      )}
    </Panel>
  );
}

/** Begins with what the metric profile of the environment names. */
function Proposed({
  data: { sources, proposed, refusals },
  onChoose,
}: {
  data: PrometheusSources;
  onChoose: (metric: string) => void;
}) {
  return (
    <div
      className={`flex flex-wrap items-center gap-2 ${sources.length > 0 ? 'border-line border-t p-4' : ''}`}
    >
      <span className="text-ink-muted text-sm">The metric profile knows of a language model:</span>
      {proposed.map(({ metric, label }) => (
        <Button
          key={metric}
          size="small"
          aria-label={`Count ${label}`}
          disabledReason={reasonOf(refusals.create)}
          onClick={() => onChoose(metric)}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

const standings = {
  new: { tone: 'progress', label: 'Beginning' },
  reading: { tone: 'ok', label: 'Reading' },
  waiting: { tone: 'progress', label: 'Waiting' },
  blocked: { tone: 'bad', label: 'Stopped' },
} as const;

type RowProps = {
  readonly source: PrometheusSource;
  readonly serviceId: string;
  readonly blocked: string | undefined;
};

function SourceRow({ source, serviceId, blocked }: RowProps) {
  return (
    <ListRow
      title={source.fields.feature}
      detail={<SourceDetail source={source} />}
      aside={
        <>
          <Status {...standings[source.state]} />
          <RemoveSource source={source} serviceId={serviceId} blocked={blocked} />
        </>
      }
    />
  );
}

function SourceDetail({ source }: { source: PrometheusSource }) {
  const { fields, state, why, stateAt, through, pods, rows, lastRowsAt, gapAt } = source;
  return (
    <span className="flex flex-col gap-0.5">
      <span>
        {fields.metric}
        {fields.form === 'native' && ' (native)'}
        {state !== 'new' && (
          <>
            {' · to '}
            <ExactTime at={through} />
            {` · ${pods} ${pods === 1 ? 'pod' : 'pods'} · ${countText(Number(rows))} counted`}
          </>
        )}
        {lastRowsAt !== null && (
          <>
            {', the last '}
            <RelativeTime at={lastRowsAt} />
          </>
        )}
        {state === 'reading' && lastRowsAt === null && ', the first within some minutes'}
      </span>
      {why !== null && (
        <span className={state === 'blocked' ? 'text-bad' : 'text-warn'}>
          {why} {stateAt !== null && <RelativeTime at={stateAt} />}
        </span>
      )}
      {gapAt !== null && (
        <span className="text-warn">
          Nobody read it for a week; what lies before <ExactTime at={gapAt} /> has a gap.
        </span>
      )}
    </span>
  );
}

function RemoveSource({ source, serviceId, blocked }: RowProps) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const remove = useCommand((extra) => trpc.prometheusSources.remove.mutationOptions(extra), {
    onDone: () =>
      void client.invalidateQueries({ queryKey: trpc.prometheusSources.list.queryKey({ serviceId }) }),
  });
  const { feature } = source.fields;
  return (
    <RemoveDialog
      title={`Count ${feature} no longer?`}
      description="What was counted stays. When it is added again it is counted from then on."
      command={remove}
      onConfirm={() => remove.run({ sourceId: source.id })}
      trigger={
        <Button size="small" variant="ghost" aria-label={`Remove ${feature}`} disabledReason={blocked}>
          Remove
        </Button>
      }
    />
  );
}
