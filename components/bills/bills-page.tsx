'use client';

import { useQuery } from '@tanstack/react-query';
import { Scale, Upload } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { moneyText } from '../../domain/price/money.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { withParams } from '../rollouts/list-params.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FilterSelect } from '../ui/filter-select.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton, SkeletonRows } from '../ui/skeleton.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import { LinkTabs } from '../ui/tabs.tsx';
import type { BillsAnswer } from './bill-answers.ts';
import type { BillAsk } from './bill-ask.ts';
import { BillFiles } from './bill-files.tsx';
import { BillTable, differenceText } from './bill-table.tsx';
import { kindWords } from './bill-words.ts';

/** Reading a bill comes with its form. */
const BillImportForm = lazy(async () => ({
  default: (await import('./bill-import-form.tsx')).BillImportForm,
}));

const tabs = [
  { key: 'effective', label: 'Effective cost' },
  { key: 'billed', label: 'As invoiced' },
] as const;

/** A month's bill beside the ledger. */
export function BillsPage({ ask }: { ask: BillAsk }) {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const reason = permissionReason('bills.check', viewer);
  const { data, error } = useQuery(
    trpc.bills.check.queryOptions(ask, { enabled: reason === undefined, retry: false }),
  );
  return (
    <Page>
      <PageHeader
        title="Bill check"
        back={{ href: '/prices', label: 'Prices' }}
        description="What the cloud charged for a month beside what the ledger has, by instance type. What Fairlead does not meter stands apart."
        actions={data && <ImportBill answer={data} />}
      />
      {reason !== undefined && (
        <Panel flush>
          <EmptyState icon={Scale} title="Bills are for admins and auditors of the instance">
            {reason}
          </EmptyState>
        </Panel>
      )}
      {error !== null && <Banner tone="bad" title={errorSentence(error)} />}
      {reason === undefined && data === undefined && error === null && <SkeletonRows rows={4} columns={4} />}
      {data && <Comparison answer={data} ask={ask} />}
    </Page>
  );
}

function Comparison({ answer, ask }: { answer: BillsAnswer; ask: BillAsk }) {
  const { check, month, months, files } = answer;
  const currency = answer.currency ?? 'USD';
  const write = reasonOf(answer.refusals.write);
  return (
    <>
      <LinkTabs
        label="Which cost"
        current={ask.basis}
        items={tabs.map((tab) => ({
          ...tab,
          href: withParams('/prices/bills', {
            month: ask.month,
            basis: tab.key === 'billed' ? 'billed' : undefined,
          }),
        }))}
      />
      {check !== null && (
        <StatRow>
          <Stat label={`Bill of ${month}`} value={moneyText(check.billNano, currency)} />
          <Stat
            label="Ledger"
            value={moneyText(check.ledgerNano, currency)}
            hint="Whole nodes, idle time too."
          />
          <Stat
            label="Ledger less bill, where both have the type"
            value={differenceText(check.bothDifferenceNano, null, currency)}
          />
        </StatRow>
      )}
      {check !== null && (
        <Panel
          flush
          title="By instance type"
          actions={
            <FilterSelect
              label="Month"
              param="month"
              allLabel="Newest"
              options={months.map((value) => ({ value, label: value }))}
            />
          }
        >
          <BillTable rows={check.rows} currency={currency} />
        </Panel>
      )}
      {check !== null && check.notMetered.length > 0 && (
        <Panel
          title="Not metered by Fairlead"
          description="On the bill, and no part of the comparison above."
        >
          <KeyValueList
            items={check.notMetered.map(({ kind, amountNano }) => ({
              label: kindWords[kind],
              value: moneyText(amountNano, currency),
            }))}
          />
        </Panel>
      )}
      <Panel flush title={`Bills of ${month}`}>
        <BillFiles files={files} blocked={write} />
      </Panel>
    </>
  );
}

function ImportBill({ answer }: { answer: BillsAnswer }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const { currency, month } = answer;
  const blocked =
    reasonOf(answer.refusals.write) ??
    (currency === null ? 'Set the currency on the price book first.' : undefined);
  return (
    <Dialog
      title="Import a bill"
      description="One month, as your cloud exports it in FOCUS. The same file again takes the place of what was there."
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button variant="primary" icon={Upload} disabledReason={blocked}>
          Import a bill
        </Button>
      }
    >
      <Suspense fallback={<Skeleton className="h-48 w-full" />}>
        <BillImportForm
          currency={currency ?? ''}
          month={month}
          onDone={(imported) => {
            setOpen(false);
            router.push(withParams('/prices/bills', { month: imported }));
          }}
        />
      </Suspense>
    </Dialog>
  );
}
