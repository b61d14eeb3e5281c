import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { PreflightView } from './promotion-answers.ts';

type Queue = NonNullable<PreflightView['queue']>;
type Entry = Queue['entries'][number] & { readonly position: number };

const columns: readonly Column<Entry>[] = [
  { key: 'position', header: 'Place', cell: ({ position }) => position, align: 'right', nowrap: true },
  {
    key: 'who',
    header: 'Request',
    cell: ({ label, isThis }) => (
      <>
        {label} {isThis && <Badge tone="info">this one</Badge>}
      </>
    ),
  },
  {
    key: 'priority',
    header: 'Priority',
    cell: ({ production }) => (production ? 'production' : 'other'),
    phone: 'hide',
  },
  { key: 'since', header: 'Asked', cell: ({ since }) => <RelativeTime at={since} />, nowrap: true },
  { key: 'gpus', header: 'GPUs more', cell: ({ gpus }) => gpus, align: 'right', nowrap: true },
  { key: 'wants', header: 'Wants too', cell: ({ waitsFor }) => waitsFor.join(', '), phone: 'hide' },
  { key: 'fit', header: 'When', cell: ({ fit }) => fit },
];

/** Who waits for the same GPUs and budgets, in which order, and who holds the GPUs; nothing while nobody else does. */
export function QueuePanel({ queue }: { queue: PreflightView['queue'] }) {
  if (queue === null || (queue.entries.length < 2 && queue.holders.length === 0)) return null;
  const rows = queue.entries.map((entry, index) => ({ ...entry, position: index + 1 }));
  return (
    <Panel
      flush
      title="Who waits and who holds"
      description="Production first, then the older request. A smaller one goes ahead only if no date before it moves"
    >
      <DataTable
        caption="Requests that wait for the same room"
        columns={columns}
        rows={rows}
        rowKey={({ position }) => String(position)}
        rowHref={({ promotionId, isThis }) =>
          promotionId === null || isThis ? undefined : `/promotions/${promotionId}`
        }
        empty={null}
        minWidth="40rem"
      />
      {queue.holders.length > 0 && (
        <p className="border-line border-t px-4 py-3 text-ink-muted">
          GPUs held: {queue.holders.map(holderText).join(', ')}
        </p>
      )}
    </Panel>
  );
}

function holderText({ label, gpus, pendingGpus }: Queue['holders'][number]): string {
  return `${label} ${gpus}${pendingGpus > 0 ? ` (${pendingGpus} without a node)` : ''}`;
}
