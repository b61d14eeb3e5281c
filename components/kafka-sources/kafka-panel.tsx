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
import { RelativeTime } from '../ui/relative-time.tsx';
import { RemoveDialog } from '../ui/remove-dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import { useCommand } from '../use-command.ts';
import type { KafkaSource } from './kafka-answers.ts';

const KafkaForm = lazy(async () => ({ default: (await import('./kafka-form.tsx')).KafkaForm }));

/** Someone waits for the first record while looking at it. */
const refreshMs = 3_000;

/** Topics that a worker reads for a service: how that goes, and what to do when it does not. */
export function KafkaPanel({ serviceId }: { serviceId: string }) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery({
    ...trpc.kafkaSources.list.queryOptions({ serviceId }),
    refetchInterval: refreshMs,
  });
  const [edited, setEdited] = useState<KafkaSource | 'new' | null>(null);
  const { sources, refusals } = data;
  const close = () => setEdited(null);
  return (
    <Panel
      flush={sources.length > 0}
      title="Kafka"
      description="A worker reads topics; each record counts once, whatever is restarted when."
      actions={
        <Button icon={Plus} disabledReason={reasonOf(refusals.create)} onClick={() => setEdited('new')}>
          Read a topic
        </Button>
      }
    >
      {sources.length > 0 && (
        <List label="Topics that are read">
          {sources.map((source) => (
            <SourceRow
              key={source.id}
              source={source}
              serviceId={serviceId}
              blocked={reasonOf(refusals.change)}
              onEdit={() => setEdited(source)}
            />
          ))}
        </List>
      )}
      {edited !== null && (
        <Dialog
          title={edited === 'new' ? 'Read a topic' : `How ${edited.topic} is read`}
          open
          onOpenChange={(isOpen) => !isOpen && close()}
        >
          <Suspense fallback={<Skeleton className="h-80 w-full" />}>
            <KafkaForm serviceId={serviceId} present={edited === 'new' ? null : edited} onDone={close} />
          </Suspense>
        </Dialog>
      )}
    </Panel>
  );
}

const standings = {
  new: { tone: 'progress', label: 'Beginning' },
  reading: { tone: 'ok', label: 'Reading' },
  blocked: { tone: 'bad', label: 'Waiting' },
} as const;

type RowProps = {
  readonly source: KafkaSource;
  readonly serviceId: string;
  readonly blocked: string | undefined;
  readonly onEdit: () => void;
};

function SourceRow({ source, serviceId, blocked, onEdit }: RowProps) {
  const { topic, state } = source;
  return (
    <ListRow
      title={topic}
      detail={<SourceDetail source={source} />}
      aside={
        <>
          <Status {...standings[state]} />
          <Button
            size="small"
            variant="ghost"
            aria-label={`Change how ${topic} is read`}
            disabledReason={blocked}
            onClick={onEdit}
          >
            Change
          </Button>
          <RemoveSource source={source} serviceId={serviceId} blocked={blocked} />
        </>
      }
    />
  );
}

function SourceDetail({ source: { brokers, state, why, stateAt, partitions } }: { source: KafkaSource }) {
  const behind = partitions.reduce((sum, one) => sum + one.behind, 0);
  const gaps = partitions.filter(({ gapAt }) => gapAt !== null);
  const missed = gaps.reduce((sum, { gapRecords }) => sum + Number(gapRecords ?? 0n), 0);
  return (
    <span className="flex flex-col gap-0.5">
      <span>
        {brokers.join(', ')}
        {partitions.length > 0 &&
          ` · ${partitions.length} ${partitions.length === 1 ? 'partition' : 'partitions'}`}
        {behind > 0 && ` · ${countText(behind)} records behind`}
      </span>
      {state === 'blocked' && (
        <span className="text-bad">
          {why} {stateAt !== null && <RelativeTime at={stateAt} />}
        </span>
      )}
      {gaps.length > 0 && (
        <span className="text-warn">
          {missed > 0 ? `${countText(missed)} records` : 'Records of an unknown number'} ended at the brokers
          before they were read, in {gaps.length} of {partitions.length} partitions.
        </span>
      )}
    </span>
  );
}

function RemoveSource({ source, serviceId, blocked }: Omit<RowProps, 'onEdit'>) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const remove = useCommand((extra) => trpc.kafkaSources.remove.mutationOptions(extra), {
    onDone: () => void client.invalidateQueries({ queryKey: trpc.kafkaSources.list.queryKey({ serviceId }) }),
  });
  const { id: sourceId, topic } = source;
  return (
    <RemoveDialog
      title={`Read ${topic} no longer?`}
      description="What was counted stays. When the topic is added again it goes on where it stood."
      command={remove}
      onConfirm={() => remove.run({ sourceId })}
      trigger={
        <Button size="small" variant="ghost" aria-label={`Remove ${topic}`} disabledReason={blocked}>
          Remove
        </Button>
      }
    />
  );
}
