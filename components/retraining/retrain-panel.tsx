'use client';

import { useQuery } from '@tanstack/react-query';
import { Settings2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Skeleton, SkeletonRows } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import type { Retraining } from './retrain-answers.ts';
import { actionText, retrainStanding, settingsText } from './retrain-words.ts';

const RetrainForm = lazy(async () => ({ default: (await import('./retrain-form.tsx')).RetrainForm }));

type Request = Retraining['requests'][number];

const columns: readonly Column<Request>[] = [
  {
    key: 'model',
    header: 'Retraining of',
    cell: ({ payload }) => `${payload.model} ${payload.modelVersion}`,
  },
  { key: 'state', header: 'State', cell: (row) => <Status {...retrainStanding(row)} /> },
  {
    key: 'action',
    header: 'Starts',
    phone: 'hide',
    cell: (row) => <span className="text-ink-muted">{actionText(row)}</span>,
  },
  {
    key: 'version',
    header: 'Came of it',
    phone: 'hide',
    cell: ({ newVersion }) => (newVersion === null ? '–' : `${newVersion.modelName} ${newVersion.number}`),
  },
  { key: 'opened', header: 'Opened', align: 'right', cell: ({ openedAt }) => <RelativeTime at={openedAt} /> },
];

/** What a real alert of the service leads to, and what it has led to. */
export function RetrainPanel({ serviceId }: { serviceId: string }) {
  const trpc = useTrpc();
  const { data } = useQuery(trpc.retrains.list.queryOptions({ serviceId }));
  if (data === undefined) return <SkeletonRows rows={2} columns={4} />;
  return (
    <Panel
      flush
      title="Retraining"
      description={settingsText(data)}
      actions={<SettingsButton serviceId={serviceId} data={data} />}
    >
      <DataTable
        caption="Retrainings"
        columns={columns}
        rows={data.requests}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/monitoring/retrains/${id}`}
        empty={<p className="px-4 py-3 text-ink-muted">No alert has led to a retraining yet.</p>}
      />
    </Panel>
  );
}

function SettingsButton({ serviceId, data }: { serviceId: string; data: Retraining }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="small"
        icon={Settings2}
        disabledReason={reasonOf(data.refusals.configure)}
        onClick={() => setOpen(true)}
      >
        Choose
      </Button>
      {open && (
        <Dialog
          size="medium"
          title="What a real alert leads to"
          description="What is open already goes on as it was opened."
          open
          onOpenChange={(isOpen) => !isOpen && setOpen(false)}
        >
          <Suspense fallback={<Skeleton className="h-64 w-full" />}>
            <RetrainForm serviceId={serviceId} data={data} onDone={() => setOpen(false)} />
          </Suspense>
        </Dialog>
      )}
    </>
  );
}
