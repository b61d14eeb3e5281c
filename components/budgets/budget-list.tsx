'use client';

import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { PiggyBank, Plus } from 'lucide-react';
import { amountText, type Measure, periodText } from '../../domain/budget/budget-words.ts';
import { nextThreshold } from '../../domain/budget/threshold.ts';
import { NotReadable } from '../not-readable.tsx';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import type { BudgetAbove, BudgetRow } from './budget-answers.ts';
import { BudgetBar } from './budget-bar.tsx';
import { countsText, standingOf } from './budget-words.ts';

const refreshMs = 60_000;

function columnsOf(currency: string | null): readonly Column<BudgetRow>[] {
  const measureOf = ({ unit }: BudgetRow): Measure => ({ unit, currency });
  return [
    { key: 'name', header: 'Budget', cell: (row) => row.name },
    {
      key: 'counts',
      header: 'Counts',
      phone: 'hide',
      cell: (row) => (
        <span className="text-ink-muted">
          {countsText(row)} · {periodText(row.period)}
        </span>
      ),
    },
    {
      key: 'bar',
      header: 'Spent and held',
      width: '16%',
      cell: (row) => <BudgetBar figures={row} measure={measureOf(row)} label={row.name} />,
    },
    {
      key: 'available',
      header: 'Available',
      align: 'right',
      phone: 'hide',
      cell: (row) => (row.available === null ? '–' : amountText(row.available, measureOf(row))),
    },
    {
      key: 'amount',
      header: 'Amount',
      align: 'right',
      phone: 'hide',
      cell: (row) => amountText(row.amount, measureOf(row)),
    },
    {
      key: 'forecast',
      header: 'Forecast',
      align: 'right',
      phone: 'hide',
      cell: (row) => (row.status === null ? '–' : amountText(row.status.expected, measureOf(row))),
    },
    {
      key: 'next',
      header: 'Told next at',
      align: 'right',
      phone: 'hide',
      cell: (row) => <NextThreshold row={row} />,
    },
    { key: 'status', header: 'Status', cell: (row) => <Status {...standingOf(row)} /> },
  ];
}

function NextThreshold({ row }: { row: BudgetRow }) {
  const next = nextThreshold(row.settings.thresholds, { amount: row.amount, actual: row.actual ?? 0n });
  return <span className="text-ink-muted">{next === null ? '–' : `${next.percent} %`}</span>;
}

/** Budgets of the project, and what members may see of those above it. */
export function BudgetList() {
  const trpc = useTrpc();
  const { projectId, projectName } = useProject();
  const { data } = useSuspenseQuery({
    ...trpc.budgets.list.queryOptions({ projectId }),
    refetchInterval: refreshMs,
  });
  return (
    <Page>
      <PageHeader
        title="Budgets"
        description={`How much GPU time and money ${projectName} may take, what is spent and held of it, and where it heads.`}
        actions={
          <ButtonLink
            href="/budgets/new"
            variant="primary"
            icon={Plus}
            disabledReason={reasonOf(data.refusals.create)}
          >
            New budget
          </ButtonLink>
        }
      />
      <Panel flush>
        <DataTable
          caption="Budgets"
          columns={columnsOf(data.currency)}
          rows={data.budgets}
          rowKey={(row) => row.id}
          rowHref={(row) => `/budgets/${row.id}`}
          empty={
            <EmptyState icon={PiggyBank} title="Nothing limits what this project takes">
              A budget says how many GPU-hours or how much money a project, an environment, a model or a kind
              of GPU may take in a week, month or quarter. Running rollouts hold their part of it beforehand,
              and people hear of it before it is gone.
            </EmptyState>
          }
        />
      </Panel>
      {data.above.length > 0 && <Above rows={data.above} currency={data.currency} />}
      <InstanceBudgets />
    </Page>
  );
}

function aboveColumns(currency: string | null): readonly Column<BudgetAbove>[] {
  const text = (amount: bigint | null, { unit }: BudgetAbove) =>
    amount === null ? '–' : amountText(amount, { unit, currency });
  return [
    { key: 'name', header: 'Budget', cell: (row) => row.name },
    {
      key: 'bar',
      header: 'Spent and held',
      width: '24%',
      cell: (row) => <BudgetBar figures={row} measure={{ unit: row.unit, currency }} label={row.name} />,
    },
    { key: 'actual', header: 'Spent', align: 'right', phone: 'hide', cell: (row) => text(row.actual, row) },
    { key: 'held', header: 'Held', align: 'right', phone: 'hide', cell: (row) => text(row.held, row) },
    { key: 'available', header: 'Available', align: 'right', cell: (row) => text(row.available, row) },
    { key: 'amount', header: 'Amount', align: 'right', phone: 'hide', cell: (row) => text(row.amount, row) },
  ];
}

function Above({ rows, currency }: { rows: readonly BudgetAbove[]; currency: string | null }) {
  return (
    <Panel
      flush
      title="Budgets above"
      description="Of the instance: they count this project too, and a rollout has to fit into them as well."
    >
      <DataTable
        caption="Budgets above"
        columns={aboveColumns(currency)}
        rows={rows}
        rowKey={(row) => row.id}
        rowHref={(row) => `/budgets/${row.id}`}
        empty={null}
      />
    </Panel>
  );
}

/** Only for those who keep or audit the instance. */
function InstanceBudgets() {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const isHidden = permissionReason('instanceBudgets.list', viewer) !== undefined;
  const { data, error, refetch } = useQuery({
    ...trpc.instanceBudgets.list.queryOptions({}),
    enabled: !isHidden,
    refetchInterval: refreshMs,
  });
  if (isHidden) return null;
  if (data === undefined)
    return error === null ? null : (
      <Panel title="Budgets of the instance">
        <NotReadable
          title="The budgets of the instance could not be read"
          error={error}
          onAgain={() => refetch()}
        />
      </Panel>
    );
  return (
    <Panel
      flush
      title="Budgets of the instance"
      actions={
        <ButtonLink
          href="/budgets/new?owner=instance"
          icon={Plus}
          disabledReason={permissionReason('instanceBudgets.create', viewer)}
        >
          New budget of the instance
        </ButtonLink>
      }
    >
      <DataTable
        caption="Budgets of the instance"
        columns={columnsOf(data.currency)}
        rows={data.budgets}
        rowKey={(row) => row.id}
        rowHref={(row) => `/budgets/${row.id}`}
        empty={
          <EmptyState icon={PiggyBank} title="No budget spans projects yet">
            A budget of the instance counts several projects; theirs can stand under it.
          </EmptyState>
        }
      />
    </Panel>
  );
}
