'use client';

import { useQuery } from '@tanstack/react-query';
import { Server } from 'lucide-react';
import { NotReadable } from '../not-readable.tsx';
import { useProject } from '../project/project-context.tsx';
import { withParams } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import type { CostPods } from './cost-answers.ts';
import { type CostAsk, costInput, costParams, podHref, projectInput, rangeText } from './cost-ask.ts';
import { costText, gpuHoursText, groupingWords } from './cost-words.ts';
import { costOf } from './prepare-costs.ts';

type Props = { readonly ask: CostAsk; readonly group: string };
type Pod = CostPods['pods'][number];

/** The pods, and what was nobody's, whose rows sum to one amount of the explorer. */
export function CostPodsPage({ ask, group }: Props) {
  const { data, error, refetch } = usePods({ ask, group });
  return (
    <Page>
      <PageHeader
        title="Pods behind the amount"
        back={{ href: withParams('/costs', costParams(ask)), label: 'Costs' }}
        meta={
          <>
            <span>{rangeText(ask)}</span>
            <span>by {groupingWords[ask.groupBy]}</span>
          </>
        }
      />
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={8} columns={4} />
        ) : (
          <NotReadable title="The pods could not be read" error={error} onAgain={refetch} />
        )
      ) : (
        <Pods data={data} ask={ask} group={group} />
      )}
    </Page>
  );
}

function usePods({ ask, group }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const isInstance = ask.scope === 'instance';
  const own = useQuery({
    ...trpc.costs.pods.queryOptions({ projectId, ...projectInput(ask), group }),
    enabled: !isInstance,
  });
  const all = useQuery({
    ...trpc.instanceCosts.pods.queryOptions({ ...costInput(ask), group }),
    enabled: isInstance,
  });
  return isInstance ? all : own;
}

function Pods({ data, ask, group }: Props & { data: CostPods }) {
  const { currency, rest } = data;
  const rows = [...data.pods, rest];
  const total = rows.reduce((sum, row) => sum + costOf(row, ask), 0n);
  const columns: Column<Pod>[] = [
    { key: 'pod', header: 'Pod', cell: (pod) => pod.podName ?? 'Nobody: the node itself' },
    { key: 'node', header: 'Node', phone: 'hide', cell: (pod) => pod.nodeName },
    { key: 'cost', header: 'Cost', align: 'right', cell: (pod) => costText(costOf(pod, ask), currency) },
    { key: 'gpu', header: 'GPU-hours', align: 'right', cell: (pod) => gpuHoursText(pod.milliGpuSeconds) },
  ];
  return (
    <>
      <StatRow>
        <Stat label="Amount" value={costText(total, currency)} />
        <Stat
          label="Held"
          value={gpuHoursText(rows.reduce((sum, row) => sum + row.milliGpuSeconds, 0n))}
          unit="GPU-hours"
        />
        <Stat label="Pods" value={data.pods.length + rest.count} />
      </StatRow>
      <Panel title="Pods" flush>
        <DataTable
          caption="Pods behind the amount"
          columns={columns}
          rows={data.pods}
          rowKey={(pod) => `${pod.podUid} ${pod.nodeUid}`}
          rowHref={(pod) => podHref(ask, group, pod)}
          empty={<EmptyState icon={Server} title="No pod had anything in this time" />}
        />
        {rest.count > 0 && (
          <p className="border-line border-t px-4 py-2 text-ink-muted">
            {rest.count} more with {costText(costOf(rest, ask), currency)} and{' '}
            {gpuHoursText(rest.milliGpuSeconds)} GPU-hours together.
          </p>
        )}
      </Panel>
    </>
  );
}
