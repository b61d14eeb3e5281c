'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Boxes, Plus } from 'lucide-react';
import { formatNumber } from '../../domain/number-format.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { ListPager } from '../rollouts/list-pager.tsx';
import type { ListAsk } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { LiveMarks } from './live-marks.tsx';
import type { ModelRow } from './model-answers.ts';
import { modelHref } from './model-links.ts';

const columns: readonly Column<ModelRow>[] = [
  { key: 'name', header: 'Model', cell: (row) => row.name },
  {
    key: 'latest',
    header: 'Latest version',
    cell: (row) =>
      row.latest === null ? (
        <span className="text-ink-faint">none yet</span>
      ) : (
        <span>
          {row.latest.number}
          {row.latest.framework !== null && (
            <span className="text-ink-muted max-sm:hidden"> · {row.latest.framework}</span>
          )}
        </span>
      ),
  },
  {
    key: 'live',
    header: 'Live',
    phone: 'hide',
    nowrap: false,
    cell: (row) => <LiveMarks places={row.live} withVersion />,
  },
  {
    key: 'count',
    header: 'Versions',
    align: 'right',
    phone: 'hide',
    cell: (row) => formatNumber(row.versionCount, 0),
  },
  {
    key: 'when',
    header: 'Registered',
    align: 'right',
    cell: (row) => <RelativeTime at={row.latest?.createdAt ?? row.createdAt} />,
  },
  {
    key: 'who',
    header: 'By',
    phone: 'hide',
    cell: (row) => <span className="text-ink-muted">{row.latest?.createdBy.name ?? '–'}</span>,
  },
];

/** Models of the project with their newest version and where each is live. */
export function ModelList({ ask }: { ask: ListAsk }) {
  const trpc = useTrpc();
  const { projectId, viewer } = useProject();
  const { data } = useSuspenseQuery(trpc.models.list.queryOptions({ projectId, ...ask }));
  return (
    <Page>
      <PageHeader
        title="Models"
        description="A model is a family of trained artefacts; each registered version can be promoted onto a service."
        actions={
          <ButtonLink
            href="/models/new"
            variant="primary"
            icon={Plus}
            disabledReason={permissionReason('modelVersions.register', viewer)}
          >
            Register a version
          </ButtonLink>
        }
      />
      <Panel flush title={<SearchInput label="Search models" placeholder="Model name" />}>
        <DataTable
          caption="Models"
          columns={columns}
          rows={data.rows}
          rowKey={(row) => row.id}
          rowHref={(row) => modelHref(row.name)}
          empty={<NoModels isSearch={ask.search !== undefined} />}
          pager={<ListPager page={data} noun="models" path="/models" params={{ q: ask.search }} />}
        />
      </Panel>
    </Page>
  );
}

function NoModels({ isSearch }: { isSearch: boolean }) {
  const { projectId } = useProject();
  if (isSearch)
    return (
      <EmptyState icon={Boxes} title="No model matches">
        Search by a part of the name, or look at <TextLink href="/models">all models</TextLink>.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={Boxes}
      title="No model yet"
      code={{ label: 'Register a version from CI', text: registerCall(projectId) }}
    >
      Register the first version here or from your pipeline; the model comes with it. A version names where
      the artefact lies, its digest and the image that serves it.
    </EmptyState>
  );
}

/** The call of `POST /api/v1/projects/{projectId}/models/{modelName}/versions` for this project. */
function registerCall(projectId: string): string {
  return `curl -X POST "$FAIRLEAD_URL/api/v1/projects/${projectId}/models/fraud-detector/versions" \\
  -H "authorization: Bearer $FAIRLEAD_TOKEN" -H "content-type: application/json" \\
  -d '{"sourceUri":"s3://models/fraud/7"}'`;
}
