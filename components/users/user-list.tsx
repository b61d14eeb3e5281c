'use client';

import { useQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { Users } from 'lucide-react';
import type { AppRouter } from '../../server/trpc/root.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import { CreateUserDialog } from './create-user-dialog.tsx';
import { DisableUser } from './disable-user.tsx';

type User = inferRouterOutputs<AppRouter>['users']['list'][number];

function columns(myId: string): readonly Column<User>[] {
  return [
    {
      key: 'name',
      header: 'Person',
      cell: (row) => <Person name={row.name} detail={row.id === myId ? 'you' : undefined} />,
    },
    {
      key: 'email',
      header: 'Address',
      phone: 'hide',
      cell: (row) => <span className="text-ink-muted">{row.email}</span>,
    },
    {
      key: 'roles',
      header: 'Instance roles',
      phone: 'hide',
      cell: (row) =>
        row.instanceRoles.length + row.groupInstanceRoles.length === 0 ? (
          <span className="text-ink-faint">none</span>
        ) : (
          <span className="inline-flex gap-1">
            {row.instanceRoles.map((role) => (
              <Badge key={role}>{role}</Badge>
            ))}
            {row.groupInstanceRoles.map((role) => (
              <Badge key={`by group ${role}`} tone="info">
                {role} by group
              </Badge>
            ))}
          </span>
        ),
    },
    {
      key: 'state',
      header: 'Status',
      cell: (row) =>
        row.disabledAt === null ? (
          <Status tone="ok" label="May sign in" />
        ) : (
          <Status tone="neutral" label="Disabled" />
        ),
    },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) => (row.disabledAt === null ? <DisableUser user={row} isMe={row.id === myId} /> : null),
    },
  ];
}

/** Everybody with an account on this instance. */
export function UserList() {
  const { viewer } = useProject();
  const reason = permissionReason('users.list', viewer);
  return (
    <Page>
      <PageHeader
        title="Users"
        description="Accounts on this instance. What a person may do in a project is said by the roles of their membership there."
        actions={<CreateUserDialog disabledReason={permissionReason('users.create', viewer)} />}
      />
      <Panel flush>
        {reason === undefined ? (
          <UserTable myId={viewer.id} />
        ) : (
          <EmptyState icon={Users} title="Users are for admins of the instance">
            {reason}
          </EmptyState>
        )}
      </Panel>
    </Page>
  );
}

function UserTable({ myId }: { myId: string }) {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.users.list.queryOptions());
  if (error !== null)
    return (
      <EmptyState icon={Users} title="The users could not be read">
        {errorSentence(error)}
      </EmptyState>
    );
  if (data === undefined) return <SkeletonRows rows={5} columns={4} />;
  return (
    <DataTable
      caption="Users"
      columns={columns(myId)}
      rows={data}
      rowKey={(row) => row.id}
      empty={<EmptyState icon={Users} title="There is nobody" />}
    />
  );
}
