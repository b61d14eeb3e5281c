'use client';

import { AdoptedBadge } from '../models/adopted-badge.tsx';
import { RolloutTable } from '../rollouts/rollout-table.tsx';
import { versionHref, versionName } from '../rollouts/rollout-words.ts';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Digest } from '../ui/digest.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { ByteCheckStatus } from './byte-check-status.tsx';
import type { ServiceDetail } from './service-answers.ts';

type Revision = ServiceDetail['revisions'][number];

const columns: readonly Column<Revision>[] = [
  { key: 'number', header: 'Revision', cell: (row) => row.number },
  { key: 'role', header: 'Role', cell: (row) => <Role role={row.role} /> },
  {
    key: 'version',
    header: 'Runs',
    cell: (row) => (
      <span className="inline-flex items-center gap-2">
        <TextLink href={versionHref(row)}>{versionName(row)}</TextLink>
        {row.adopted && <AdoptedBadge />}
      </span>
    ),
  },
  { key: 'spec', header: 'Spec', phone: 'hide', cell: (row) => <Digest value={row.specDigest} /> },
  { key: 'image', header: 'Image', phone: 'hide', cell: (row) => <Digest value={row.imageDigest} /> },
  {
    key: 'check',
    header: 'Bytes checked by',
    cell: (row) => <ByteCheckStatus check={row.byteCheck} />,
  },
  { key: 'by', header: 'Asked by', phone: 'hide', cell: (row) => row.createdBy.name },
  {
    key: 'at',
    header: 'Created',
    align: 'right',
    phone: 'hide',
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

function Role({ role }: { role: Revision['role'] }) {
  if (role === null) return <span className="text-ink-faint">–</span>;
  return <Badge tone={role === 'stable' ? 'ok' : 'info'}>{role}</Badge>;
}

/** What this Service ever ran, immutable and numbered, and how each came. */
export function RevisionsTab({ service }: { service: ServiceDetail }) {
  return (
    <>
      <Panel
        title="Revisions"
        description="One model version with one specification each; immutable, the newest 50."
        flush
      >
        <DataTable
          caption="Revisions"
          columns={columns}
          rows={service.revisions}
          rowKey={(row) => row.revisionId}
          empty={<EmptyState title="No revision yet">The first promotion makes revision 1.</EmptyState>}
        />
      </Panel>
      <Panel
        title="Rollouts"
        description="The newest ten."
        actions={
          <TextLink href={`/rollouts?filter=all&q=${encodeURIComponent(service.name)}`}>
            All rollouts
          </TextLink>
        }
        flush
      >
        <RolloutTable
          caption="Rollouts of this service"
          rows={service.rollouts}
          empty={
            <EmptyState title="No rollout yet">
              A rollout starts when a promotion has all its signatures.
            </EmptyState>
          }
        />
      </Panel>
    </>
  );
}
