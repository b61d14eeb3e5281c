'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { lazy, useState } from 'react';
import { NotReadable } from '../not-readable.tsx';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Later } from '../ui/later.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { Unallocated, UnallocatedOwner } from './cost-answers.ts';
import { CostTabs } from './cost-tabs.tsx';
import { costText, gpuHoursText } from './cost-words.ts';
import { RuleList } from './rule-list.tsx';

/** Opened by a click only. */
const RuleDialog = lazy(async () => ({ default: (await import('./rule-dialog.tsx')).RuleDialog }));

/** The largest owners that nobody pays for, and the rules that give such pods to a project. */
export function UnallocatedPage() {
  const trpc = useTrpc();
  const { data, error, refetch } = useQuery(trpc.attribution.unallocated.queryOptions());
  return (
    <Page>
      <PageHeader
        title="Unallocated"
        description="Pods of namespaces without an Environment, over the last 30 days. A rule gives them to a project, from whatever moment it says; a namespace with an Environment needs none."
      />
      <CostTabs current="unallocated" />
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={8} columns={5} />
        ) : (
          <NotReadable title="The owners could not be read" error={error} onAgain={refetch} />
        )
      ) : (
        <Owners data={data} />
      )}
      <RuleList />
    </Page>
  );
}

function Owners({ data }: { data: Unallocated }) {
  const { viewer } = useProject();
  const blocked = permissionReason('attribution.create', viewer);
  const [chosen, setChosen] = useState<UnallocatedOwner | null>(null);
  const names = new Map(data.projects.map(({ id, name }) => [id, name]));
  const columns: Column<UnallocatedOwner>[] = [
    { key: 'namespace', header: 'Namespace', cell: ({ namespace }) => namespace },
    {
      key: 'owner',
      header: 'Owner',
      cell: ({ owner }) => (owner === null ? 'pods without an owner' : `${owner.kind} ${owner.name}`),
    },
    { key: 'cluster', header: 'Cluster', phone: 'hide', cell: ({ clusterName }) => clusterName },
    { key: 'pods', header: 'Pods', align: 'right', phone: 'hide', cell: ({ pods }) => pods },
    { key: 'gpu', header: 'GPU-hours', align: 'right', cell: (row) => gpuHoursText(row.milliGpuSeconds) },
    { key: 'cost', header: 'Cost', align: 'right', cell: (row) => costText(row.loadedNano, data.currency) },
    {
      key: 'give',
      header: 'Proposed',
      cell: (row) => (
        <Button
          size="small"
          disabledReason={
            row.hasEnvironment ? 'Since then its namespace has an Environment, which decides.' : blocked
          }
          onClick={() => setChosen(row)}
        >
          {row.proposedProjectId === null
            ? 'Give to a project'
            : `Give to ${names.get(row.proposedProjectId) ?? 'a project'}`}
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title="Nobody pays for"
      description={`${gpuHoursText(data.total.milliGpuSeconds)} GPU-hours, ${costText(data.total.loadedNano, data.currency)}.`}
      flush
    >
      <DataTable
        caption="Owners that nobody pays for"
        columns={columns}
        rows={data.owners}
        rowKey={(row) => JSON.stringify([row.clusterId, row.namespace, row.owner])}
        empty={
          <EmptyState icon={CircleCheck} title="Somebody pays for every pod">
            Pods of namespaces without an Environment and without a rule would appear here.
          </EmptyState>
        }
      />
      {data.more > 0 && <p className="px-4 py-2 text-ink-muted">{data.more} smaller owners are not shown.</p>}
      {chosen !== null && (
        <Later className="hidden">
          <RuleDialog
            owner={chosen}
            projects={data.projects}
            since={data.range.from}
            onClose={() => setChosen(null)}
          />
        </Later>
      )}
    </Panel>
  );
}
