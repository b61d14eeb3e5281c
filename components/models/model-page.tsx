'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Package, Plus } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { ListPager } from '../rollouts/list-pager.tsx';
import type { ListAsk } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { AdoptedBadge } from './adopted-badge.tsx';
import { EvidenceMarks } from './evidence-marks.tsx';
import { LiveMarks } from './live-marks.tsx';
import type { VersionRow } from './model-answers.ts';
import { modelHref, versionPath } from './model-links.ts';
import { ModelMatrix } from './model-matrix.tsx';
import { TagList } from './tag-list.tsx';

const columns: readonly Column<VersionRow>[] = [
  {
    key: 'number',
    header: 'Version',
    cell: (row) => (
      <span className="inline-flex items-center gap-2">
        {row.number}
        {row.adopted && <AdoptedBadge />}
        {row.artefactDigest === null && !row.adopted && (
          <Badge tone="warn" title="No promotion before the artefact digest is known.">
            no digest
          </Badge>
        )}
      </span>
    ),
  },
  { key: 'live', header: 'Live', nowrap: false, cell: (row) => <LiveMarks places={row.live} /> },
  { key: 'evidence', header: 'Evidence', cell: (row) => <EvidenceMarks evidence={row.evidence} /> },
  {
    key: 'framework',
    header: 'Framework',
    phone: 'hide',
    cell: (row) => row.framework ?? <span className="text-ink-faint">–</span>,
  },
  {
    key: 'tags',
    header: 'Tags',
    phone: 'hide',
    nowrap: false,
    cell: (row) => <TagList tags={row.tags} most={2} />,
  },
  {
    key: 'who',
    header: 'Registered by',
    phone: 'hide',
    cell: (row) => <Person name={row.createdBy.name} />,
  },
  { key: 'when', header: 'When', align: 'right', cell: (row) => <RelativeTime at={row.createdAt} /> },
];

/** One model: its versions, newest first, with where each is live and what speaks for it. */
export function ModelPage({ name, ask }: { name: string; ask: ListAsk }) {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data } = useSuspenseQuery(trpc.models.get.queryOptions({ projectId, name, ...ask }));
  return (
    <Page>
      <PageHeader
        title={data.name}
        back={{ href: '/models', label: 'Models' }}
        status={data.live.length > 0 && <LiveMarks places={data.live} withVersion />}
        description={data.description === '' ? undefined : data.description}
        meta={
          <>
            <span>Created by {data.createdBy.name}</span>
            <RelativeTime at={data.createdAt} />
          </>
        }
        actions={
          <ButtonLink
            href={`/models/new?model=${encodeURIComponent(data.name)}`}
            variant="primary"
            icon={Plus}
            disabledReason={permissionReason('modelVersions.register', viewer)}
          >
            Register a version
          </ButtonLink>
        }
      />
      {data.live.length > 0 && <ModelMatrix modelName={data.name} />}
      <Panel
        flush
        title={<SearchInput label="Search versions" placeholder="Number, tag, framework or run" />}
      >
        <DataTable
          caption={`Versions of ${data.name}`}
          columns={columns}
          rows={data.versions.rows}
          rowKey={(row) => row.id}
          rowHref={(row) => versionPath(data.name, row.number)}
          empty={<NoVersions name={data.name} isSearch={ask.search !== undefined} />}
          pager={
            <ListPager
              page={data.versions}
              noun="versions"
              path={modelHref(data.name)}
              params={{ q: ask.search }}
            />
          }
        />
      </Panel>
    </Page>
  );
}

function NoVersions({ name, isSearch }: { name: string; isSearch: boolean }) {
  return isSearch ? (
    <EmptyState icon={Package} title="No version matches">
      Search by number, tag, framework, source or run id, or look at{' '}
      <TextLink href={modelHref(name)}>all versions</TextLink>.
    </EmptyState>
  ) : (
    <EmptyState icon={Package} title="No version yet">
      <TextLink href={`/models/new?model=${encodeURIComponent(name)}`}>Register the first one</TextLink>: it
      gets the number 1, and numbers are never used twice.
    </EmptyState>
  );
}
