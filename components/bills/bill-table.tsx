'use client';

import { Scale } from 'lucide-react';
import type { BillCheckRow } from '../../domain/bill/bill-check.ts';
import { formatPercent, formatSigned } from '../../domain/number-format.ts';
import { moneyText } from '../../domain/price/money.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Status } from '../ui/status.tsx';
import { differenceShare, oneSided } from './bill-words.ts';

const amount = (nano: bigint | null, currency: string) => (nano === null ? '–' : moneyText(nano, currency));

/** "+$2.00 (+2 %)": the ledger has more; a minus says that the bill has. */
export function differenceText(differenceNano: bigint, billNano: bigint | null, currency: string): string {
  const size = differenceNano < 0n ? -differenceNano : differenceNano;
  const sign = differenceNano === 0n ? '±' : differenceNano < 0n ? '−' : '+';
  const share = differenceShare(differenceNano, billNano);
  const percent = share === null ? '' : ` (${formatSigned(share, formatPercent)})`;
  return `${sign}${moneyText(size, currency)}${percent}`;
}

function columnsOf(currency: string): readonly Column<BillCheckRow>[] {
  return [
    {
      key: 'type',
      header: 'Instance type',
      nowrap: false,
      cell: (row) => (
        <span className="block py-1.5 leading-5">
          <span className="font-mono text-xs">{row.instanceType ?? 'not labelled'}</span>
          {oneSided(row) !== null && <span className="block text-ink-muted text-xs">{oneSided(row)}</span>}
          {row.hasUnpriced && (
            <span className="block text-xs">
              <Status tone="warn" label="Some of its time has no price" />
            </span>
          )}
        </span>
      ),
    },
    { key: 'nodes', header: 'Nodes', align: 'right', phone: 'hide', cell: (row) => row.nodes || '–' },
    { key: 'bill', header: 'Bill', align: 'right', cell: (row) => amount(row.billNano, currency) },
    { key: 'ledger', header: 'Ledger', align: 'right', cell: (row) => amount(row.ledgerNano, currency) },
    {
      key: 'difference',
      header: 'Ledger less bill',
      align: 'right',
      phone: 'hide',
      cell: (row) => differenceText(row.differenceNano, row.billNano, currency),
    },
  ];
}

/** The bill beside the ledger, by instance type. */
export function BillTable({ rows, currency }: { rows: readonly BillCheckRow[]; currency: string }) {
  return (
    <DataTable
      caption="By instance type"
      columns={columnsOf(currency)}
      rows={rows}
      rowKey={(row) => row.instanceType ?? ''}
      empty={
        <EmptyState icon={Scale} title="Neither bill nor ledger has a machine">
          The bill names no instance type in x_InstanceType, SkuPriceDetails or x_UsageType.
        </EmptyState>
      }
    />
  );
}
