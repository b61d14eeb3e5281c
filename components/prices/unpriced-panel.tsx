'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { capacityWords } from '../../domain/price/price-words.ts';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { UnpricedKind } from './price-answers.ts';
import type { PriceForm } from './price-draft-form.ts';

type Props = {
  readonly blocked: string | undefined;
  readonly onAdd: (prefill: Partial<PriceForm>) => void;
};

const dayText = (at: Date) => at.toISOString().slice(0, 10);

/** Kinds of nodes that were seen in the last 30 days and that no row prices. */
export function UnpricedPanel({ blocked, onAdd }: Props) {
  const trpc = useTrpc();
  const { data, error } = useQuery(trpc.prices.unpriced.queryOptions());
  const columns: readonly Column<UnpricedKind>[] = [
    {
      key: 'type',
      header: 'Instance type',
      cell: (row) => <span className="font-mono text-xs">{row.instanceType ?? 'not labelled'}</span>,
    },
    {
      key: 'gpus',
      header: 'GPUs',
      phone: 'hide',
      cell: (row) => (row.physicalGpus === 0 ? 'none' : `${row.physicalGpus} × ${row.gpuProduct ?? 'GPU'}`),
    },
    { key: 'region', header: 'Region', phone: 'hide', cell: (row) => row.region ?? '–' },
    { key: 'capacity', header: 'Bought', phone: 'hide', cell: (row) => capacityWords[row.capacityType] },
    { key: 'nodes', header: 'Nodes', align: 'right', cell: (row) => row.nodes },
    {
      key: 'last',
      header: 'Last seen',
      phone: 'hide',
      align: 'right',
      cell: (row) => <RelativeTime at={row.lastAt} />,
    },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) => (
        <Button size="small" disabledReason={blocked} onClick={() => onAdd(prefillOf(row))}>
          Add its price
        </Button>
      ),
    },
  ];
  return (
    <Panel
      flush
      title="Nodes without a price"
      description="Seen in the last 30 days. Their time is shown as unpriced."
    >
      {error !== null && <Banner tone="bad" title={errorSentence(error)} />}
      {data === undefined && error === null && <SkeletonRows rows={2} columns={4} />}
      {data !== undefined && (
        <DataTable
          caption="Nodes without a price"
          columns={columns}
          rows={data}
          rowKey={(row) =>
            [row.instanceType, row.region, row.gpuProduct, row.capacityType, row.physicalGpus].join(' ')
          }
          empty={
            <EmptyState icon={CircleCheck} title="Every node that was seen has a price">
              A new kind of node appears here as soon as one joins a cluster.
            </EmptyState>
          }
        />
      )}
    </Panel>
  );
}

function prefillOf(kind: UnpricedKind): Partial<PriceForm> {
  return {
    instanceType: kind.instanceType ?? '',
    region: kind.region ?? '',
    gpuProduct: kind.instanceType === null ? (kind.gpuProduct ?? '') : '',
    capacityType: kind.capacityType,
    validFrom: dayText(kind.firstAt),
  };
}
