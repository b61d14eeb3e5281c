'use client';

import { useQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { HeartPulse } from 'lucide-react';
import { useState } from 'react';
import type { AppRouter } from '../../server/trpc/root.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

type Heartbeat = NonNullable<inferRouterOutputs<AppRouter>['heartbeat']['get']['heartbeat']>;

/** The address that a worker calls every minute, so that whoever watches it notices a dead worker. */
export function HeartbeatPage() {
  const { viewer } = useProject();
  const reason = permissionReason('heartbeat.get', viewer);
  return (
    <Page>
      <PageHeader
        title="Heartbeat"
        description="A worker calls this address every minute. When the calls stop, your monitoring tells you: a dead worker cannot do that itself."
      />
      {reason === undefined ? (
        <Present />
      ) : (
        <Panel flush>
          <EmptyState icon={HeartPulse} title="The heartbeat is for admins of the instance">
            {reason}
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}

function Present() {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.heartbeat.get.queryOptions(undefined, { refetchInterval: 15_000 }));
  if (error !== null) return <Banner tone="bad" title={errorSentence(error)} />;
  if (data === undefined) return <SkeletonRows rows={3} columns={2} />;
  return (
    <>
      {data.heartbeat !== null && <Standing heartbeat={data.heartbeat} />}
      <Panel title={data.heartbeat === null ? 'Nobody is called yet' : 'Call another address'}>
        <AddressForm />
      </Panel>
    </>
  );
}

function Standing({ heartbeat }: { heartbeat: Heartbeat }) {
  const trpc = useTrpc();
  const remove = useCommand((extra) => trpc.heartbeat.remove.mutationOptions(extra));
  const { host, calledAt, answer, failingSince } = heartbeat;
  const said =
    answer === null ? 'not yet' : `${answer.status ?? ''} ${answer.text}`.trim() || 'an empty answer';
  return (
    <Panel
      title="Called every minute"
      actions={
        <ConfirmDialog
          title={`No longer call ${host}?`}
          description="A dead worker is then noticed by nobody outside."
          confirmLabel="Stop calling"
          danger
          busy={remove.busy}
          error={remove.error ?? undefined}
          onConfirm={() => remove.run(undefined)}
          trigger={<Button size="small">Stop calling</Button>}
        />
      }
    >
      <KeyValueList
        items={[
          { label: 'Host', value: <span className="font-mono text-xs">{host}</span> },
          {
            label: 'Status',
            value: <HeartbeatStatus calledAt={calledAt} failingSince={failingSince} />,
          },
          { label: 'Last call', value: calledAt === null ? 'none yet' : <RelativeTime at={calledAt} /> },
          { label: 'Answer', value: said },
        ]}
      />
    </Panel>
  );
}

function HeartbeatStatus({ calledAt, failingSince }: Pick<Heartbeat, 'calledAt' | 'failingSince'>) {
  if (calledAt === null) return <Status tone="progress" label="Waits for a worker" />;
  if (failingSince === null) return <Status tone="ok" label="Taken" />;
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Status tone="bad" label="Fails" /> since <RelativeTime at={failingSince} />
    </span>
  );
}

function AddressForm() {
  const trpc = useTrpc();
  const [url, setUrl] = useState('');
  const set = useCommand((extra) => trpc.heartbeat.set.mutationOptions(extra), { onDone: () => setUrl('') });
  return (
    <form
      className="flex max-w-xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        set.run({ url: url.trim() });
      }}
    >
      <TextField
        label="Address"
        type="password"
        mono
        autoComplete="off"
        placeholder="https://hc-ping.com/…"
        hint="It is called with GET. It is stored sealed and never shown again, because whoever knows it can pretend that a worker lives."
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      {set.error !== null && <Banner tone="bad" title={set.error} />}
      <div>
        <Button
          type="submit"
          variant="primary"
          busy={set.busy}
          disabledReason={url.trim() === '' ? 'Paste the address first.' : undefined}
        >
          Call it every minute
        </Button>
      </div>
    </form>
  );
}
