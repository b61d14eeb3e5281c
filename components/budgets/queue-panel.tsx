import { amountText, type Measure } from '../../domain/budget/budget-words.ts';
import { anyProduct } from '../../domain/envelope/envelope.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { BudgetAnswer } from './budget-answers.ts';

type Queue = BudgetAnswer['queue'];
type Entry = Queue['entries'][number] & { readonly position: number };

function columnsOf(measure: Measure, showProject: boolean): readonly Column<Entry>[] {
  return [
    { key: 'position', header: 'Place', cell: ({ position }) => position, align: 'right', nowrap: true },
    {
      key: 'who',
      header: 'Request',
      cell: ({ service, environment, project }) =>
        `${service} in ${environment}${showProject ? ` of ${project}` : ''}`,
    },
    {
      key: 'priority',
      header: 'Priority',
      cell: ({ production }) => (production ? 'production' : 'other'),
      phone: 'hide',
    },
    { key: 'since', header: 'Asked', cell: ({ since }) => <RelativeTime at={since} />, nowrap: true },
    { key: 'gpus', header: 'GPUs more', cell: gpusText, align: 'right', phone: 'hide' },
    {
      key: 'wanted',
      header: 'Would hold',
      cell: ({ wanted }) => (wanted === null ? 'unpriced' : amountText(wanted, measure)),
      align: 'right',
      nowrap: true,
    },
    { key: 'fit', header: 'When', cell: ({ fit }) => fit, nowrap: false },
  ];
}

function gpusText({ gpus, products }: Entry): string {
  const named = products.filter((product) => product !== anyProduct);
  return named.length === 0 ? String(gpus) : `${gpus} ${named.join(', ')}`;
}

type Props = { readonly queue: Queue; readonly measure: Measure; readonly showProject: boolean };

/** Signed requests that want something of the budget, in the order in which they go; nothing while nobody waits. */
export function QueuePanel({ queue, measure, showProject }: Props) {
  if (queue.entries.length === 0) return null;
  const rows = queue.entries.map((entry, index) => ({ ...entry, position: index + 1 }));
  return (
    <Panel
      flush
      title="Who waits for it"
      description="Production first, then the older request. A smaller one goes ahead only if no date before it moves."
    >
      <DataTable
        caption="Requests that wait for this budget"
        columns={columnsOf(measure, showProject)}
        rows={rows}
        rowKey={({ promotionId }) => promotionId}
        rowHref={({ promotionId }) => `/promotions/${promotionId}`}
        empty={null}
        minWidth="40rem"
      />
      {queue.more > 0 && (
        <p className="border-line border-t px-4 py-3 text-ink-muted">
          {queue.more} more wait behind these for the same clusters.
        </p>
      )}
    </Panel>
  );
}
