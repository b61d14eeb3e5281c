'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { type Member, MemberDialog } from './member-dialog.tsx';
import { RemoveMember } from './remove-member.tsx';
import { RoleGuide } from './role-guide.tsx';

function columns(disabledReason: string | undefined): readonly Column<Member>[] {
  return [
    { key: 'name', header: 'Person', cell: (row) => <Person name={row.name} /> },
    {
      key: 'email',
      header: 'Address',
      phone: 'hide',
      cell: (row) => <span className="text-ink-muted">{row.email}</span>,
    },
    {
      key: 'roles',
      header: 'Roles',
      nowrap: false,
      cell: (row) => (
        <span className="inline-flex flex-wrap gap-1 py-1">
          {row.byHand.map((role) => (
            <Badge key={role} tone={role === 'admin' ? 'warn' : role === 'approver' ? 'ok' : 'neutral'}>
              {role}
            </Badge>
          ))}
          {row.byGroups.map((role) => (
            <Badge key={`by group ${role}`} tone="info">
              {role} by group
            </Badge>
          ))}
          {row.disabledAt !== null && <Badge tone="bad">account disabled</Badge>}
        </span>
      ),
    },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) => (
        <span className="inline-flex gap-1">
          <MemberDialog member={row} disabledReason={disabledReason} />
          <RemoveMember member={row} disabledReason={disabledReason} />
        </span>
      ),
    },
  ];
}

/** People of the project with their roles. */
export function MemberList() {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data } = useSuspenseQuery(trpc.members.list.queryOptions({ projectId }));
  const reason = permissionReason('members.set', viewer);
  return (
    <Page>
      <PageHeader
        title="Members"
        description="A member holds a set of roles. Who may sign is the policies' business: they name roles, and signing needs the role approver."
        actions={<MemberDialog member={null} disabledReason={reason} />}
      />
      <Panel flush>
        <DataTable
          caption="Members"
          columns={columns(reason)}
          rows={data}
          rowKey={(row) => row.userId}
          empty={
            <EmptyState icon={Users} title="Nobody is a member">
              Add a person by their address.
            </EmptyState>
          }
        />
      </Panel>
      <RoleGuide />
    </Page>
  );
}
