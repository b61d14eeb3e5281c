'use client';

import { useQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { KeyRound } from 'lucide-react';
import type { AppRouter } from '../../server/trpc/root.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { useNow } from '../ui/clock.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import { CiStepDialog } from './ci-step-dialog.tsx';
import { CreateTokenDialog } from './create-token-dialog.tsx';
import { RevokeToken } from './revoke-token.tsx';
import { mayRegister, tokenStanding } from './token-standing.ts';

type Token = inferRouterOutputs<AppRouter>['tokens']['list'][number];

function columns(nowMs: number): readonly Column<Token>[] {
  return [
    { key: 'name', header: 'Token', cell: (row) => row.name },
    {
      key: 'prefix',
      header: 'Begins with',
      phone: 'hide',
      cell: (row) => <code className="font-mono text-xs">{row.prefix}…</code>,
    },
    {
      key: 'roles',
      header: 'Roles',
      phone: 'hide',
      cell: (row) => (
        <span className="inline-flex gap-1">
          {row.roles.map((role) => (
            <Badge key={role}>{role}</Badge>
          ))}
          {row.serviceName !== null && <Badge>sends rows of {row.serviceName}</Badge>}
        </span>
      ),
    },
    {
      key: 'state',
      header: 'Status',
      cell: (row) => {
        const standing = tokenStanding(row, nowMs);
        return <Status tone={standing.tone} label={standing.label} />;
      },
    },
    {
      key: 'ends',
      header: 'Ends',
      phone: 'hide',
      cell: (row) => {
        const endsAt = row.revokedAt ?? row.expiresAt;
        return endsAt === null ? 'never' : <RelativeTime at={endsAt} />;
      },
    },
    { key: 'created', header: 'Created', phone: 'hide', cell: (row) => <RelativeTime at={row.createdAt} /> },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) =>
        tokenStanding(row, nowMs).isUsable ? (
          <span className="inline-flex gap-1">
            {mayRegister(row.roles) && <CiStepDialog token={row} />}
            <RevokeToken token={row} />
          </span>
        ) : null,
    },
  ];
}

/** Tokens of the project; the secret of one is seen when it is made and never again. */
export function TokenList() {
  const { viewer } = useProject();
  const reason = permissionReason('tokens.list', viewer);
  return (
    <Page>
      <PageHeader
        title="API tokens"
        description="A token acts for its owner within its roles and never signs. Its secret is shown once and stored only as a hash."
        actions={<CreateTokenDialog disabledReason={permissionReason('tokens.create', viewer)} />}
      />
      <Panel flush>
        {reason === undefined ? (
          <Tokens />
        ) : (
          <EmptyState icon={KeyRound} title="Tokens are for admins of the project">
            {reason}
          </EmptyState>
        )}
      </Panel>
    </Page>
  );
}

function Tokens() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const nowMs = useNow(60_000);
  const { data, error } = useQuery(trpc.tokens.list.queryOptions({ projectId }));
  if (error !== null)
    return (
      <EmptyState icon={KeyRound} title="The tokens could not be read">
        {errorSentence(error)}
      </EmptyState>
    );
  if (data === undefined) return <SkeletonRows rows={4} columns={5} />;
  return (
    <DataTable
      caption="API tokens"
      columns={columns(nowMs)}
      rows={data}
      rowKey={(row) => row.id}
      empty={
        <EmptyState icon={KeyRound} title="No token yet">
          Make one for your pipeline: it registers versions and asks for promotions, and people sign.
        </EmptyState>
      }
    />
  );
}
