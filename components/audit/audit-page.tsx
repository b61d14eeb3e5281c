'use client';

import { useQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { withParams } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Pagination } from '../ui/pagination.tsx';
import { Panel } from '../ui/panel.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { LinkTabs } from '../ui/tabs.tsx';
import { AuditEntryRow } from './audit-entry-row.tsx';
import { type AuditFilter, auditAsk, auditParams } from './audit-filter.ts';
import { AuditFilterBar } from './audit-filter-bar.tsx';
import { ExportDialog } from './export-dialog.tsx';

/** Every act with its actor, time, object, before and after; newest first. */
export function AuditPage({ filter }: { filter: AuditFilter }) {
  const { viewer, projectId } = useProject();
  const mayInstance = permissionReason('instanceAudit.list', viewer) === undefined;
  const isInstance = filter.chain === 'instance' && mayInstance;
  return (
    <Page>
      <PageHeader
        title="Audit"
        description="Every act that changed what should be. Each entry carries the hash of the one before, so that a change or a gap is found."
        actions={<ExportDialog projectId={isInstance ? null : projectId} />}
      />
      {mayInstance && (
        <LinkTabs
          label="Which trail"
          current={isInstance ? 'instance' : 'project'}
          items={[
            { key: 'project', label: 'This project', href: '/audit' },
            { key: 'instance', label: 'The instance', href: '/audit?chain=instance' },
          ]}
        />
      )}
      <Panel flush>
        <AuditFilterBar filter={filter} />
        {isInstance ? <InstanceEntries filter={filter} /> : <ProjectEntries filter={filter} />}
      </Panel>
    </Page>
  );
}

function ProjectEntries({ filter }: { filter: AuditFilter }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const answer = useQuery(trpc.audit.list.queryOptions({ projectId, ...auditAsk(filter) }));
  return <Entries filter={filter} data={answer.data} error={answer.error} />;
}

function InstanceEntries({ filter }: { filter: AuditFilter }) {
  const trpc = useTrpc();
  const answer = useQuery(trpc.instanceAudit.list.queryOptions(auditAsk(filter)));
  return <Entries filter={filter} data={answer.data} error={answer.error} />;
}

type EntriesProps = {
  readonly filter: AuditFilter;
  readonly data:
    | {
        readonly items: readonly Parameters<typeof AuditEntryRow>[0]['item'][];
        readonly nextBefore: number | null;
      }
    | undefined;
  readonly error: unknown;
};

function Entries({ filter, data, error }: EntriesProps) {
  if (data === undefined)
    return error === null ? (
      <SkeletonRows rows={10} columns={4} />
    ) : (
      <EmptyState icon={ScrollText} title="The trail could not be read">
        {errorSentence(error)}
      </EmptyState>
    );
  if (data.items.length === 0)
    return (
      <EmptyState icon={ScrollText} title="No entry matches">
        Widen the time or the text, or look at <TextLink href="/audit">the whole trail</TextLink>.
      </EmptyState>
    );
  const params = auditParams(filter);
  const { nextBefore } = data;
  const isFirst = filter.before === null && filter.seq === null;
  return (
    <>
      <ul className="divide-y divide-line">
        {data.items.map((item) => (
          <AuditEntryRow key={item.seq} item={item} isOpen={item.seq === filter.seq} />
        ))}
      </ul>
      <Pagination
        summary={`Entries ${data.items.at(-1)?.seq}–${data.items[0]?.seq}`}
        previousHref={isFirst ? undefined : withParams('/audit', params)}
        nextHref={
          nextBefore === null ? undefined : withParams('/audit', { ...params, before: String(nextBefore) })
        }
      />
    </>
  );
}
