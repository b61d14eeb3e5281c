'use client';

import { useQuery } from '@tanstack/react-query';
import { Share2 } from 'lucide-react';
import { endsSoon } from '../../domain/share/share-expiry.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { useNow } from '../ui/clock.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import { RevokeAll } from './revoke-all.tsx';
import { ShareActions } from './share-actions.tsx';
import { ShareDetail } from './share-detail.tsx';
import { kindWords, type SharedRow, shareStanding } from './share-standing.ts';

function columns(nowMs: number): readonly Column<SharedRow>[] {
  return [
    { key: 'title', header: 'Shared', cell: (row) => row.title },
    { key: 'kind', header: 'As', phone: 'hide', cell: (row) => kindWords[row.kind] },
    { key: 'status', header: 'Status', cell: (row) => <Status {...shareStanding(row, nowMs)} /> },
    { key: 'ends', header: 'Ends', phone: 'hide', cell: (row) => <RelativeTime at={row.expiresAt} /> },
    {
      key: 'opened',
      header: 'Opened',
      phone: 'hide',
      cell: (row) =>
        row.lastOpenedAt === null ? (
          'never'
        ) : (
          <>
            {row.openedCount} ×, last <RelativeTime at={row.lastOpenedAt} />
          </>
        ),
    },
    { key: 'by', header: 'By', phone: 'hide', cell: (row) => row.createdByName },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) => (
        <span className="inline-flex items-center gap-1">
          <ShareDetail share={row} />
          {row.status !== 'revoked' && <ShareActions share={row} />}
        </span>
      ),
    },
  ];
}

/** Everything that can be seen without an account, and how to end it. */
export function SharedPage() {
  const { viewer } = useProject();
  const reason = permissionReason('shares.list', viewer);
  return (
    <Page>
      <PageHeader
        title="Shared outside"
        description="Links, embeds and pictures that people see without an account. No addresses are kept."
        actions={<RevokeAll disabledReason={permissionReason('shares.revokeAll', viewer)} />}
      />
      {reason === undefined ? (
        <Shares />
      ) : (
        <Panel>
          <EmptyState icon={Share2} title="What is shared is for operators and admins">
            {reason}
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}

function Shares() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const nowMs = useNow(60_000);
  const { data, error } = useQuery(trpc.shares.list.queryOptions({ projectId }));
  if (error !== null)
    return (
      <EmptyState icon={Share2} title="What is shared could not be read">
        {errorSentence(error)}
      </EmptyState>
    );
  if (data === undefined) return <SkeletonRows rows={4} columns={5} />;
  const ending = data.filter((row) => endsSoon(row, nowMs));
  return (
    <>
      {ending.length > 0 && (
        <Banner
          tone="warn"
          title={
            ending.length === 1
              ? `“${ending[0]?.title ?? ''}” ends within 14 days.`
              : `${ending.length} of these end within 14 days.`
          }
        >
          Extend what people still look at; the rest closes by itself.
        </Banner>
      )}
      <Panel flush>
        <DataTable
          caption="Shared outside"
          columns={columns(nowMs)}
          rows={data}
          rowKey={(row) => row.id}
          empty={
            <EmptyState icon={Share2} title="Nothing is shared outside">
              Every chart has a share button: it makes a link, an embed or a picture.
            </EmptyState>
          }
        />
      </Panel>
    </>
  );
}
