'use client';

import { Tag } from 'lucide-react';
import { validityText } from '../../domain/price/price-words.ts';
import { ListPager } from '../rollouts/list-pager.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { EndPrice } from './end-price.tsx';
import type { PriceBook, PriceRow } from './price-answers.ts';
import { AmountCell, MatchCell, SourceCell } from './price-cells.tsx';
import type { PriceAsk } from './price-filter.ts';

function columnsOf(currency: string, blocked: string | undefined): readonly Column<PriceRow>[] {
  return [
    { key: 'match', header: 'Nodes', nowrap: false, cell: (row) => <MatchCell {...row} /> },
    {
      key: 'amount',
      header: 'Price',
      align: 'right',
      cell: (row) => <AmountCell {...row} currency={currency} />,
    },
    { key: 'source', header: 'Source', phone: 'hide', nowrap: false, cell: (row) => <SourceCell {...row} /> },
    {
      key: 'valid',
      header: 'Valid',
      phone: 'hide',
      cell: (row) => <span className="text-ink-muted">{validityText(row)}</span>,
    },
    {
      key: 'do',
      header: 'Actions',
      align: 'right',
      cell: (row) => <EndPrice price={row} blocked={blocked} />,
    },
  ];
}

/** Rows of the price book, by instance type. */
export function PriceTable({ book, currency, ask }: { book: PriceBook; currency: string; ask: PriceAsk }) {
  const { filter, search } = ask;
  return (
    <DataTable
      caption="Prices"
      columns={columnsOf(currency, reasonOf(book.refusals.write))}
      rows={book.page.rows}
      rowKey={(row) => row.id}
      empty={<NoPrices isFiltered={filter !== 'current' || search !== undefined} />}
      pager={
        <ListPager
          page={book.page}
          noun="prices"
          path="/prices"
          params={{ filter: filter === 'current' ? undefined : filter, q: search }}
        />
      }
    />
  );
}

function NoPrices({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <EmptyState icon={Tag} title="No such price">
        No row of the book is like that. <TextLink href="/prices">See the prices of today</TextLink>.
      </EmptyState>
    );
  return (
    <EmptyState icon={Tag} title="No node has a price yet">
      Until one has, GPU time is shown as unpriced, never as free. Begin with a starter list, import a CSV or
      add what your contract says.
    </EmptyState>
  );
}
