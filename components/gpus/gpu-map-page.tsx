'use client';

import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Cpu } from 'lucide-react';
import { type GpuPart, gpuTotals } from '../../domain/gpu-map.ts';
import { NotReadable } from '../not-readable.tsx';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { Banner } from '../ui/banner.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { GpuCluster, GpuNames, GpuNode } from './gpu-answers.ts';
import { IdlePanel } from './idle-panel.tsx';
import { NodeBar, NodeParts } from './node-bar.tsx';
import { prepareParts, totalsText } from './prepare-node.ts';
import { partUse, usesByPod } from './prepare-use.ts';
import { WaitingPanel } from './waiting-panel.tsx';

const refreshMs = 10_000;
/** Use over a day changes slowly, and each look costs the metrics sources some queries. */
const lookAgainMs = 300_000;
/** Older than this a reading is no longer called now. */
const freshMs = 60_000;

/** Every GPU of the clusters that the project runs on, and who holds it now. */
export function GpuMapPage() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery({
    ...trpc.gpus.map.queryOptions({ projectId }),
    refetchInterval: refreshMs,
  });
  const use = useQuery({
    ...trpc.gpus.use.queryOptions({ projectId }, { trpc: { context: { alone: true } } }),
    staleTime: lookAgainMs,
    refetchInterval: lookAgainMs,
  });
  const waiting = useQuery({
    ...trpc.gpus.waiting.queryOptions({ projectId }),
    refetchInterval: refreshMs,
  });
  const byPod = usesByPod(use.data ?? { uses: [] });
  const words = { names: data.names, useOf: (part: GpuPart) => partUse(part, byPod) };
  return (
    <Page>
      <PageHeader
        title="GPUs"
        description="Who holds which part of every GPU now. What adds up here is what the ledger counts and the budgets pay for."
      />
      {data.clusters.length === 0 && (
        <Panel>
          <EmptyState icon={Cpu} title="No cluster yet">
            An environment of this project brings its cluster here.
          </EmptyState>
        </Panel>
      )}
      {data.clusters.map((cluster) => (
        <ClusterPanel key={cluster.id} cluster={cluster} words={words} />
      ))}
      {waiting.data !== undefined && <WaitingPanel waiting={waiting.data} />}
      {waiting.data === undefined && waiting.error !== null && (
        <Panel>
          <NotReadable
            title="What waits for GPUs could not be read"
            error={waiting.error}
            onAgain={() => waiting.refetch()}
          />
        </Panel>
      )}
      {data.clusters.some(({ nodes }) => nodes.length > 0) && (
        <IdlePanel
          clusters={data.clusters}
          names={data.names}
          use={use.isError ? (use.data ?? null) : use.data}
        />
      )}
    </Page>
  );
}

type Words = { readonly names: GpuNames; readonly useOf: (part: GpuPart) => string | null };

function ClusterPanel({ cluster, words }: { cluster: GpuCluster; words: Words }) {
  const { nodes, seenUntil, now } = cluster;
  const products = Map.groupBy(nodes, ({ facts }) => facts.gpuProduct ?? 'GPUs of unknown kind');
  return (
    <Panel
      title={cluster.name}
      description={
        nodes.length === 0 ? undefined : totalsText(gpuTotals(nodes.flatMap(({ parts }) => parts)))
      }
      actions={cluster.kind === 'sandbox' ? <Badge tone="info">Sandbox cluster</Badge> : undefined}
    >
      {seenUntil !== null && now.getTime() - seenUntil.getTime() > freshMs && (
        <Banner tone="warn" title="This is not how it is now">
          All pods of this cluster were last seen <RelativeTime at={seenUntil} />.
        </Banner>
      )}
      {nodes.length === 0 ? (
        <EmptyState icon={Cpu} title={seenUntil === null ? 'Nothing is metered here' : 'No node with GPUs'}>
          {seenUntil === null
            ? 'Give its token the rights of the metering manifest, which the page of the cluster prints.'
            : 'GPUs appear as soon as a node has registered them.'}
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-5">
          {[...products].map(([product, found]) => (
            <ProductNodes key={product} product={product} nodes={found} words={words} />
          ))}
        </div>
      )}
    </Panel>
  );
}

type ProductProps = {
  readonly product: string;
  readonly nodes: readonly GpuNode[];
  readonly words: Words;
};

function ProductNodes({ product, nodes, words }: ProductProps) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium">{product}</span>
        <span className="text-ink-muted text-xs">
          {totalsText(gpuTotals(nodes.flatMap(({ parts }) => parts)))}
        </span>
      </h3>
      <ul className="grid grid-cols-1 gap-3 lg:grid-cols-2">
        {nodes.map((node) => (
          <NodeCard key={node.uid} node={node} words={words} />
        ))}
      </ul>
    </section>
  );
}

function NodeCard({ node, words }: { node: GpuNode; words: Words }) {
  const { facts, totals } = node;
  const parts = prepareParts(node.parts, totals, words);
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-md border border-line p-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-xs">
        <span className="font-mono">{facts.name}</span>
        <span className="text-ink-muted">
          {facts.instanceType ?? 'unknown instance type'} · {capacityWords[facts.capacityType]}
        </span>
      </div>
      <NodeBar parts={parts} gpuCount={facts.physicalGpus} />
      <NodeParts parts={parts} />
    </li>
  );
}

const capacityWords = { onDemand: 'on demand', spot: 'spot', reserved: 'reserved', owned: 'owned' } as const;
