'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Globe, Plus } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { EnvironmentLabel } from '../services/environment-label.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import type { EnvironmentRow } from './environment-answers.ts';
import { metricsText } from './metrics-text.ts';
import { MoveButtons } from './move-buttons.tsx';

const columnsOf = (all: readonly EnvironmentRow[]): readonly Column<EnvironmentRow>[] => [
  { key: 'name', header: 'Environment', cell: (row) => <EnvironmentLabel environment={row} /> },
  {
    key: 'group',
    header: 'Group',
    phone: 'hide',
    cell: (row) => row.groupName ?? <span className="text-ink-faint">none</span>,
  },
  {
    key: 'place',
    header: 'Cluster and namespace',
    phone: 'hide',
    cell: (row) => (
      <span>
        {row.clusterName} <span className="text-ink-muted">/ {row.namespace}</span>
      </span>
    ),
  },
  { key: 'policy', header: 'Policy', phone: 'hide', cell: (row) => row.policyName },
  { key: 'metrics', header: 'Metrics', phone: 'hide', cell: (row) => metricsText(row.metricsSource) },
  { key: 'services', header: 'Services', align: 'right', phone: 'hide', cell: (row) => row.serviceCount },
  { key: 'order', header: 'Order', align: 'right', cell: (row) => <MoveButtons row={row} all={all} /> },
];

/** Where services may run, in the order in which versions climb. */
export function EnvironmentList() {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data } = useSuspenseQuery(trpc.environments.list.queryOptions({ projectId }));
  return (
    <Page>
      <PageHeader
        title="Environments"
        description="Where services may run: a namespace on a cluster, the gateway that splits their traffic, the source of their metrics and the policy that their changes follow. They stand in the order in which versions climb; those of one group stand side by side."
        actions={
          <ButtonLink
            href="/settings/environments/new"
            variant="primary"
            icon={Plus}
            disabledReason={permissionReason('environments.create', viewer)}
          >
            New environment
          </ButtonLink>
        }
      />
      <Panel flush>
        <DataTable
          caption="Environments"
          columns={columnsOf(data)}
          rows={data}
          rowKey={(row) => row.id}
          rowHref={(row) => `/settings/environments/${row.id}`}
          empty={
            <EmptyState icon={Globe} title="No environment yet">
              Make one, such as "staging" or "production"; services are created in it.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
