'use client';

import { useQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { ShieldCheck } from 'lucide-react';
import type { AppRouter } from '../../server/trpc/root.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { useCommand } from '../use-command.ts';
import { AllowHost } from './allow-host.tsx';

type Allowance = inferRouterOutputs<AppRouter>['egress']['list'][number];

const columns: readonly Column<Allowance>[] = [
  {
    key: 'target',
    header: 'Host or range',
    cell: (row) => <span className="font-mono text-xs [overflow-wrap:anywhere]">{row.target}</span>,
  },
  { key: 'purpose', header: 'What for', cell: (row) => row.purpose },
  {
    key: 'by',
    header: 'Allowed by',
    phone: 'hide',
    cell: (row) =>
      row.addedBy === null ? (
        <span className="text-ink-muted">in use before this list</span>
      ) : (
        <Person name={row.addedBy.name} />
      ),
  },
  { key: 'at', header: 'Since', phone: 'hide', cell: (row) => <ExactTime at={row.addedAt} /> },
  { key: 'do', header: 'Actions', align: 'right', cell: (row) => <Revoke allowance={row} /> },
];

/** Private hosts that outbound requests may reach; every other address of a user must be public. */
export function AllowedHostsPage() {
  const { viewer } = useProject();
  const reason = permissionReason('egress.list', viewer);
  return (
    <Page>
      <PageHeader
        title="Private hosts"
        crumb="Private hosts"
        description="Addresses that people type in, such as a metrics source, must be public. The hosts and ranges here may be private. Link-local addresses and instance metadata services are never called."
      />
      {reason === undefined ? (
        <>
          <Panel flush title="Allowed">
            <AllowanceTable />
          </Panel>
          <Panel title="Allow another">
            <AllowHost disabledReason={permissionReason('egress.allow', viewer)} />
          </Panel>
        </>
      ) : (
        <Panel flush>
          <EmptyState icon={ShieldCheck} title="Private hosts are for admins of the instance">
            {reason}
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}

function AllowanceTable() {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.egress.list.queryOptions());
  if (error !== null)
    return (
      <EmptyState icon={ShieldCheck} title="The list could not be read">
        {errorSentence(error)}
      </EmptyState>
    );
  if (data === undefined) return <SkeletonRows rows={3} columns={4} />;
  return (
    <DataTable
      caption="Private hosts"
      columns={columns}
      rows={data}
      rowKey={(row) => row.id}
      empty={
        <EmptyState icon={ShieldCheck} title="No private host is allowed">
          Only public addresses are called for users.
        </EmptyState>
      }
    />
  );
}

function Revoke({ allowance }: { allowance: Allowance }) {
  const trpc = useTrpc();
  const revoke = useCommand((extra) => trpc.egress.revoke.mutationOptions(extra));
  return (
    <ConfirmDialog
      title={`No longer allow ${allowance.target}?`}
      description="Metrics sources there give no evidence from the next look on, so rollouts that need it are held."
      confirmLabel="Revoke"
      danger
      busy={revoke.busy}
      error={revoke.error ?? undefined}
      onConfirm={() => revoke.run({ allowanceId: allowance.id })}
      trigger={<Button size="small">Revoke</Button>}
    />
  );
}
