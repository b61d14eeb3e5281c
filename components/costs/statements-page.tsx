'use client';

import { useQuery } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import { useState } from 'react';
import { NotReadable } from '../not-readable.tsx';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Digest } from '../ui/digest.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { CloseMonth } from './close-month.tsx';
import type { Statements } from './cost-answers.ts';
import { CostTabs } from './cost-tabs.tsx';
import { costText, gpuHoursText } from './cost-words.ts';

type Row = Statements['statements'][number];

/** What closed months cost the project, each frozen under a digest of the audit chain. */
export function StatementsPage() {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data, error, refetch } = useQuery(trpc.statements.list.queryOptions({ projectId }));
  const mayClose = permissionReason('ledger.months', viewer) === undefined;
  return (
    <Page>
      <PageHeader
        title="Statements"
        description="Closing a month freezes what it cost each project. What comes to be known of it later is a correction in the open month."
      />
      <CostTabs current="statements" />
      {mayClose && <CloseMonth />}
      <Panel title="Closed months" flush>
        {data === undefined ? (
          error === null ? (
            <SkeletonRows rows={4} columns={4} />
          ) : (
            <NotReadable title="The statements could not be read" error={error} onAgain={refetch} />
          )
        ) : (
          <DataTable
            caption="Statements"
            columns={columns}
            rows={data.statements}
            rowKey={({ id }) => id}
            rowHref={({ id }) => `/costs/statements/${id}`}
            empty={
              <EmptyState icon={FileText} title="No month is closed yet">
                An admin of the instance closes a month when its bill has been checked.
              </EmptyState>
            }
          />
        )}
      </Panel>
      {data !== undefined && (
        <CostCentre key={data.costCentre} present={data.costCentre} onSaved={() => void refetch()} />
      )}
    </Page>
  );
}

const columns: Column<Row>[] = [
  { key: 'month', header: 'Month', cell: ({ month }) => month.toISOString().slice(0, 7) },
  {
    key: 'cost',
    header: 'Cost',
    align: 'right',
    cell: ({ total, currency }) => costText(BigInt(total.loadedNano), currency),
  },
  {
    key: 'gpu',
    header: 'GPU-hours',
    align: 'right',
    cell: ({ total }) => gpuHoursText(BigInt(total.milliGpuSeconds)),
  },
  { key: 'closed', header: 'Closed', phone: 'hide', cell: ({ closedAt }) => <RelativeTime at={closedAt} /> },
  { key: 'digest', header: 'Digest', phone: 'hide', cell: ({ digest }) => <Digest value={digest} /> },
];

function CostCentre({ present, onSaved }: { present: string | null; onSaved: () => void }) {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const [code, setCode] = useState(present ?? '');
  const set = useCommand((extra) => trpc.projects.setCostCentre.mutationOptions(extra), { onDone: onSaved });
  const blocked = permissionReason('projects.setCostCentre', viewer);
  return (
    <Panel
      title="Cost centre"
      description="Where accounting books this project; the next statements carry it."
    >
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          set.run({ projectId, costCentre: code.trim() === '' ? null : code.trim() });
        }}
      >
        <TextField
          label="Code"
          maxLength={60}
          value={code}
          disabled={blocked !== undefined}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button
          type="submit"
          busy={set.busy}
          disabledReason={blocked ?? (code.trim() === (present ?? '') ? 'Nothing changed.' : undefined)}
        >
          Save
        </Button>
        {set.error !== null && <Banner tone="bad" title={set.error} />}
      </form>
    </Panel>
  );
}
