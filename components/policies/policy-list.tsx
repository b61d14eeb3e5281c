'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus, ShieldCheck } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { PolicyRow } from './policy-answers.ts';
import { rulesText } from './policy-words.ts';

const columns: readonly Column<PolicyRow>[] = [
  { key: 'name', header: 'Policy', cell: (row) => row.name },
  { key: 'rules', header: 'Who has to sign', nowrap: false, cell: (row) => rulesText(row.rules) },
  {
    key: 'state',
    header: 'Status',
    cell: (row) =>
      row.unsatisfiable === null ? (
        <Status tone="ok" label="Can be satisfied" />
      ) : (
        <span title={row.unsatisfiable.message}>
          <Status tone="bad" label="Nobody can" />
        </span>
      ),
  },
  {
    key: 'environments',
    header: 'Environments',
    phone: 'hide',
    nowrap: false,
    cell: (row) =>
      row.environments.length === 0 ? (
        <span className="text-ink-faint">none</span>
      ) : (
        row.environments.map((environment) => environment.name).join(', ')
      ),
  },
  { key: 'number', header: 'Revision', align: 'right', phone: 'hide', cell: (row) => row.number },
  {
    key: 'when',
    header: 'Since',
    align: 'right',
    phone: 'hide',
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

/** Policies say who has to sign before anything changes in an environment. */
export function PolicyList() {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data } = useSuspenseQuery(trpc.policies.list.queryOptions({ projectId }));
  return (
    <Page>
      <PageHeader
        title="Policies"
        description="A policy says who has to sign before anything changes in the environments that follow it."
        actions={
          <ButtonLink
            href="/settings/policies/new"
            variant="primary"
            icon={Plus}
            disabledReason={permissionReason('policies.create', viewer)}
          >
            New policy
          </ButtonLink>
        }
      />
      <Panel flush>
        <DataTable
          caption="Policies"
          columns={columns}
          rows={data}
          rowKey={(row) => row.id}
          rowHref={(row) => `/settings/policies/${row.id}`}
          empty={
            <EmptyState icon={ShieldCheck} title="No policy yet">
              Make one, and let your production environment follow it.
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
