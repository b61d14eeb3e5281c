'use client';

import { Share2 } from 'lucide-react';
import { endsSoon } from '../../domain/share/share-expiry.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
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
import type { ShareOwner } from './shared-charts.ts';
import { useShares } from './use-shares.ts';

type Shown = { readonly owner: ShareOwner; readonly nowMs: number; readonly mayChange: boolean };

function columns({ owner, nowMs, mayChange }: Shown): readonly Column<SharedRow>[] {
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
          <ShareDetail share={row} owner={owner} />
          {mayChange && row.status !== 'revoked' && <ShareActions share={row} owner={owner} />}
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
        actions={<RevokeAll owner="project" disabledReason={permissionReason('shares.revokeAll', viewer)} />}
      />
      {reason === undefined ? (
        <Shares owner="project" mayChange />
      ) : (
        <Panel>
          <EmptyState icon={Share2} title="What is shared is for operators and admins">
            {reason}
          </EmptyState>
        </Panel>
      )}
      {permissionReason('instanceShares.list', viewer) === undefined && <OfInstance />}
    </Page>
  );
}

/** Charts over all projects, which admins of the instance share; auditors look. */
function OfInstance() {
  const { viewer } = useProject();
  const reason = permissionReason('instanceShares.revokeAll', viewer);
  return (
    <section aria-label="Of the instance" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-medium text-base">Of the instance</h2>
        <RevokeAll owner="instance" disabledReason={reason} />
      </div>
      <Shares owner="instance" mayChange={reason === undefined} />
    </section>
  );
}

function Shares({ owner, mayChange }: Omit<Shown, 'nowMs'>) {
  const nowMs = useNow(60_000);
  const { data, error } = useShares(owner);
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
          caption={owner === 'instance' ? 'Shared outside by the instance' : 'Shared outside'}
          columns={columns({ owner, nowMs, mayChange })}
          rows={data}
          rowKey={(row) => row.id}
          empty={
            <EmptyState icon={Share2} title="Nothing is shared outside">
              {owner === 'instance'
                ? 'Charts of the whole instance have a share button under Costs and on its budgets.'
                : 'Every chart has a share button: it makes a link, an embed or a picture.'}
            </EmptyState>
          }
        />
      </Panel>
    </>
  );
}
