'use client';

import { bucketWord, roleWord } from '../../domain/ledger/group-words.ts';
import { decimalOf } from '../../domain/price/money.ts';
import { formatExact } from '../../domain/time-format.ts';
import { useZone } from '../ui/clock.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Panel } from '../ui/panel.tsx';
import type { CostPod } from './cost-answers.ts';
import type { CostAsk } from './cost-ask.ts';
import { quantityText } from './cost-words.ts';

type Props = { readonly data: CostPod; readonly ask: CostAsk };
type Line = CostPod['lines'][number];
type Interval = CostPod['intervals'][number];

const lineWords = { gpu: 'GPU', cpu: 'CPU', memory: 'Memory' };

export function CostPodPanels({ data, ask }: Props) {
  return (
    <>
      <LinesPanel data={data} ask={ask} />
      {data.intervals.length > 0 && <IntervalsPanel intervals={data.intervals} />}
      {data.factsFrom !== null && <GoneNote factsFrom={data.factsFrom} />}
      <PricesPanel data={data} />
    </>
  );
}

/** Why an amount has no intervals: they are kept for a time, and what was sealed from them stays. */
function GoneNote({ factsFrom }: { factsFrom: Date }) {
  const zone = useZone();
  return (
    <p className="text-ink-muted">
      What this pod did before {formatExact(factsFrom.getTime(), zone)} is not kept any more. The rows above
      were sealed from it before their month was closed, and stay as they are.
    </p>
  );
}

function LinesPanel({ data: { lines, currency }, ask }: Props) {
  const amountOf = (line: Line) => (ask.rate === 'loaded' ? line.loadedNano : line.openCostNano);
  // Exact to the last digit, because these rows sum to the amount.
  const text = (nano: bigint | null) => (nano === null ? 'no price' : `${decimalOf(nano)} ${currency ?? ''}`);
  const total = lines.reduce((sum, line) => sum + (amountOf(line) ?? 0n), 0n);
  const columns: Column<Line>[] = [
    { key: 'bucket', header: 'Bucket', cell: (line) => bucketWord(line.bucket) },
    { key: 'line', header: 'Line', cell: (line) => lineWords[line.line] },
    {
      key: 'role',
      header: 'Role',
      phone: 'hide',
      cell: (line) => (line.role === null ? '–' : roleWord(line.role)),
    },
    {
      key: 'quantity',
      header: 'Held',
      align: 'right',
      cell: (line) => quantityText(line.line, line.quantity),
    },
    { key: 'amount', header: 'Amount', align: 'right', cell: (line) => text(amountOf(line)) },
    {
      key: 'sealed',
      header: 'Hours',
      phone: 'hide',
      cell: (line) => `${line.isSealed ? 'sealed' : 'open'}${line.estimated ? ', estimated' : ''}`,
    },
  ];
  return (
    <Panel title="Rows of the ledger" description={`They sum to ${text(total)}, exactly.`} flush>
      <DataTable
        caption="Rows of the ledger"
        columns={columns}
        rows={lines}
        rowKey={(line) =>
          [line.bucket, line.line, line.role, line.priceEntryId, line.estimated, line.isSealed].join(' ')
        }
        empty={null}
      />
    </Panel>
  );
}

function IntervalsPanel({ intervals }: { intervals: readonly Interval[] }) {
  const zone = useZone();
  const columns: Column<Interval>[] = [
    { key: 'bucket', header: 'Bucket', cell: ({ bucket }) => bucketWord(bucket) },
    {
      key: 'from',
      header: 'From',
      cell: ({ fromAt }) => formatExact(fromAt.getTime(), zone, { seconds: true }),
    },
    {
      key: 'to',
      header: 'To',
      cell: ({ toAt }) => (toAt === null ? 'lasts' : formatExact(toAt.getTime(), zone, { seconds: true })),
    },
    {
      key: 'gpu',
      header: 'GPUs',
      align: 'right',
      cell: ({ gpu }) => (gpu.d === 1 ? String(gpu.n) : `${gpu.n}/${gpu.d}`),
    },
    {
      key: 'source',
      header: 'Known from',
      phone: 'hide',
      cell: ({ source, estimated }) =>
        estimated ? `${sourceWords[source]}, estimated` : sourceWords[source],
    },
  ];
  return (
    <Panel
      title="Intervals"
      description="What the pod was, and since when; what lies outside the range is not counted."
      flush
    >
      <DataTable
        caption="Intervals of the pod"
        columns={columns}
        rows={intervals}
        rowKey={({ fromAt }) => fromAt.toISOString()}
        empty={null}
      />
    </Panel>
  );
}

const sourceWords: Record<Interval['source'], string> = {
  watch: 'the API’s own times',
  observed: 'the moment it was heard of',
  relist: 'a list after a gap',
  backfill: 'Prometheus, after a gap',
};

function PricesPanel({ data: { prices, currency, lines } }: Pick<Props, 'data'>) {
  const isUnpriced = lines.some((line) => line.priceEntryId === null && line.bucket !== 'rounding');
  return (
    <Panel title="Prices">
      <KeyValueList
        items={[
          ...prices.map((price) => ({
            key: price.id,
            label: `${price.instanceType === '*' ? price.gpuProduct : price.instanceType}, ${price.capacityType}`,
            value: `${decimalOf(price.amountNano)} ${currency ?? ''} per ${price.unit === 'nodeHour' ? 'node' : 'GPU'} and hour`,
            hint: `${price.source}: ${price.sourceNote}`,
          })),
          ...(isUnpriced
            ? [
                {
                  label: 'No price',
                  value:
                    'No row of the price book matched some of these hours; they cost nothing here until one does.',
                },
              ]
            : []),
        ]}
      />
    </Panel>
  );
}
