'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Layers } from 'lucide-react';
import { lengthWords } from '../../domain/drift/drift-words.ts';
import { countText } from '../../domain/figure-text.ts';
import { referenceWords } from '../monitoring/monitoring-words.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { RebasesPanel } from './rebases-panel.tsx';
import type { References } from './reference-answers.ts';
import { WindowButton } from './window-button.tsx';

const refreshMs = 30_000;
type Reference = References['references'][number];

const kindWords = { training: 'Training data', fixedWindow: 'A window', sameHours: 'Same hours' } as const;

const columns: readonly Column<Reference>[] = [
  { key: 'name', header: 'Reference', cell: ({ name }) => name },
  { key: 'kind', header: 'Is', cell: (row) => <What row={row} /> },
  {
    key: 'rows',
    header: 'Rows',
    align: 'right',
    phone: 'hide',
    cell: ({ rows }) => (rows === null ? '–' : countText(rows)),
  },
  { key: 'state', header: 'Compared with', cell: (row) => <Use row={row} /> },
  {
    key: 'made',
    header: 'Made',
    phone: 'hide',
    cell: ({ createdAt, createdBy }) => (
      <>
        <RelativeTime at={createdAt} />
        {createdBy !== null && <span className="text-ink-muted"> by {createdBy}</span>}
      </>
    ),
  },
];

function What({ row: { kind, fromAt, toAt, modelName, versionNumber } }: { row: Reference }) {
  if (fromAt !== null && toAt !== null)
    return (
      <>
        <ExactTime at={fromAt} /> to <ExactTime at={toAt} />
      </>
    );
  return modelName === null ? kindWords[kind] : `${kindWords[kind]} of ${modelName} ${versionNumber}`;
}

function Use({ row: { isUsed, replacedAt } }: { row: Reference }) {
  if (replacedAt !== null)
    return (
      <span className="text-ink-muted">
        until <ExactTime at={replacedAt} />
      </span>
    );
  return isUsed ? <Status tone="ok" label="Now" /> : <Status tone="neutral" label="Not now" />;
}

/** What a service is and was compared with, and what somebody wants it to be compared with. */
export function ReferencesPage({ serviceId }: { serviceId: string }) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery({
    ...trpc.references.list.queryOptions({ serviceId }),
    refetchInterval: refreshMs,
  });
  const { service, monitor, references, rebases } = data;
  const hasWindow = references.some(({ kind, replacedAt }) => kind === 'fixedWindow' && replacedAt === null);
  return (
    <Page>
      <PageHeader
        title={`References of ${service.name}`}
        crumb="References"
        back={{ href: `/monitoring/${service.id}`, label: service.name }}
        description={
          monitor === null
            ? 'Nothing is judged yet.'
            : `Every ${lengthWords[monitor.windowLength]} is compared with ${referenceWords[monitor.referenceKind]}.`
        }
        actions={
          <ActionBar>
            <WindowButton data={data} kind="rebase" />
            {!hasWindow && <WindowButton data={data} kind="keep" />}
          </ActionBar>
        }
      />
      <RebasesPanel rebases={rebases} />
      <Panel flush title="References">
        <DataTable
          caption="References"
          columns={columns}
          rows={references}
          rowKey={({ id }) => id}
          empty={
            <EmptyState icon={Layers} title="None is kept">
              The same hours of the last four weeks need none. Training data comes on the Connect page.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
