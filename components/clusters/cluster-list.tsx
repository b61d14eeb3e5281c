'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { FlaskConical, Network, Plus } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { useNow } from '../ui/clock.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import { ClusterAddress } from './cluster-address.tsx';
import type { ClusterRow } from './cluster-answers.ts';
import { checksSummary, workerStanding } from './cluster-words.ts';
import { TokenExpiry } from './token-expiry.tsx';

function columns(nowMs: number): readonly Column<ClusterRow>[] {
  return [
    {
      key: 'name',
      header: 'Cluster',
      cell: (row) => (
        <span className="inline-flex items-center gap-2">
          {row.name}
          {row.kind === 'sandbox' && (
            <Badge tone="info" icon={FlaskConical} title="Pods, traffic and answers are simulated.">
              Sandbox cluster
            </Badge>
          )}
        </span>
      ),
    },
    {
      key: 'address',
      header: 'API server',
      phone: 'hide',
      cell: (row) => <ClusterAddress cluster={row} />,
    },
    {
      key: 'worker',
      header: 'Worker',
      cell: (row) => {
        const standing = workerStanding(row, nowMs);
        return <Status tone={standing.tone} label={standing.label} />;
      },
    },
    {
      key: 'checks',
      header: 'Check list',
      cell: (row) => {
        if (row.replacedByUid !== null) return <Status tone="bad" label="Replaced" />;
        if (row.findings === null) return <span className="text-ink-faint">not looked at</span>;
        const { tone, label } = checksSummary(row.findings.checks);
        return <Status tone={tone} label={label} />;
      },
    },
    { key: 'token', header: 'Token', phone: 'hide', cell: (row) => <TokenExpiry cluster={row} /> },
  ];
}

/** Clusters of the instance: where each is, whether a worker writes to it, and whether all it needs is there. */
export function ClusterList() {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const nowMs = useNow(5_000);
  const { data } = useSuspenseQuery(trpc.clusters.list.queryOptions());
  const add = (
    <ButtonLink
      href="/settings/clusters/new"
      variant="primary"
      icon={Plus}
      disabledReason={permissionReason('clusters.create', viewer)}
    >
      Add cluster
    </ButtonLink>
  );
  return (
    <Page>
      <PageHeader
        title="Clusters"
        description="Clusters belong to the instance; environments of projects lie on them. Tokens are sealed for the worker, so the console itself can never read them."
        actions={add}
      />
      <Panel flush>
        <DataTable
          caption="Clusters"
          columns={columns(nowMs)}
          rows={data}
          rowKey={(row) => row.id}
          rowHref={(row) => `/settings/clusters/${row.id}`}
          empty={
            <EmptyState icon={Network} title="No cluster yet">
              Add one: Fairlead prints the manifest that grants exactly what it needs, reading first.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
