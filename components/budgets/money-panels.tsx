import { amountText, type Measure } from '../../domain/budget/budget-words.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import type { BudgetAbove, BudgetMovement, BudgetSeries } from './budget-answers.ts';
import { BudgetBar } from './budget-bar.tsx';

const movementWords: Record<BudgetMovement['kind'], string> = {
  base: 'Base',
  rollover: 'Left of the period before',
  transfer: 'Transfer',
  exceed: 'Allowed for a time',
};

function signed(amount: bigint, measure: Measure): string {
  return amount < 0n ? `−${amountText(-amount, measure)}` : `+${amountText(amount, measure)}`;
}

/** What the amount is made of; the rows in force sum to it. */
export function MovementsPanel({
  movements,
  measure,
}: {
  movements: readonly BudgetMovement[];
  measure: Measure;
}) {
  const columns: readonly Column<BudgetMovement>[] = [
    { key: 'kind', header: 'What', cell: (row) => movementWords[row.kind] },
    { key: 'amount', header: 'Amount', align: 'right', cell: (row) => signed(row.amount, measure) },
    { key: 'from', header: 'From', cell: (row) => <ExactTime at={row.fromAt} /> },
    {
      key: 'to',
      header: 'Until',
      phone: 'hide',
      cell: (row) => (row.toAt === null ? 'for good' : <ExactTime at={row.toAt} />),
    },
    { key: 'force', header: 'In force', phone: 'hide', cell: (row) => (row.inForce ? 'yes' : 'no') },
    { key: 'by', header: 'By', phone: 'hide', cell: (row) => <Person name={row.createdBy.name} /> },
    {
      key: 'reason',
      header: 'Reason',
      phone: 'hide',
      nowrap: false,
      cell: (row) => <span className="text-ink-muted">{row.reason}</span>,
    },
  ];
  return (
    <Panel flush title="What the amount is made of" description="The rows in force sum to it.">
      <DataTable
        caption="Movements"
        columns={columns}
        rows={movements}
        rowKey={(row) => row.id}
        empty={null}
      />
    </Panel>
  );
}

type Holder = BudgetSeries['holders'][number];

/** Running rollouts hold what the rest of their plan and a way back may take. */
export function HoldersPanel({ holders, measure }: { holders: readonly Holder[]; measure: Measure }) {
  const columns: readonly Column<Holder>[] = [
    { key: 'service', header: 'Rollout of', cell: (row) => row.service },
    { key: 'project', header: 'Project', phone: 'hide', cell: (row) => row.project },
    { key: 'held', header: 'Holds', align: 'right', cell: (row) => amountText(row.held, measure) },
    { key: 'since', header: 'Since', align: 'right', cell: (row) => <RelativeTime at={row.since} /> },
  ];
  return (
    <Panel flush title="Who holds what">
      <DataTable
        caption="Who holds what"
        columns={columns}
        rows={holders}
        rowKey={(row) => row.rolloutId}
        rowHref={(row) => `/rollouts/${row.rolloutId}`}
        empty={<p className="px-4 py-3 text-ink-muted">No running rollout holds anything of it.</p>}
      />
    </Panel>
  );
}

/** The budgets over it, as far as members may see them. */
export function AbovePanel({ rows, currency }: { rows: readonly BudgetAbove[]; currency: string | null }) {
  const text = (amount: bigint | null, unit: BudgetAbove['unit']) =>
    amount === null ? '–' : amountText(amount, { unit, currency });
  const columns: readonly Column<BudgetAbove>[] = [
    { key: 'name', header: 'Budget above', cell: (row) => row.name },
    {
      key: 'bar',
      header: 'Spent and held',
      cell: (row) => <BudgetBar figures={row} measure={{ unit: row.unit, currency }} label={row.name} />,
    },
    {
      key: 'available',
      header: 'Available',
      align: 'right',
      cell: (row) => text(row.available, row.unit),
    },
    {
      key: 'amount',
      header: 'Amount',
      align: 'right',
      phone: 'hide',
      cell: (row) => text(row.amount, row.unit),
    },
  ];
  return (
    <Panel flush title="Stands under">
      <DataTable caption="Stands under" columns={columns} rows={rows} rowKey={(row) => row.id} empty={null} />
    </Panel>
  );
}
