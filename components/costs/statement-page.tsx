'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { bucketWord } from '../../domain/ledger/group-words.ts';
import type { StatementAmounts, StatementLine } from '../../domain/ledger/statement.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Digest } from '../ui/digest.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { saveText } from '../ui/save-text.ts';
import { Stat, StatRow } from '../ui/stat.tsx';
import { costText, gpuHoursText } from './cost-words.ts';
import { statementCsv } from './statement-csv.ts';

/** One closed month of one project. */
export function StatementPage({ statementId }: { statementId: string }) {
  const trpc = useTrpc();
  const { data } = useSuspenseQuery(trpc.statements.get.queryOptions({ statementId }));
  const { statement, digest, closedAt } = data;
  const { currency } = statement;
  const month = statement.month.slice(0, 7);
  const cost = ({ loadedNano }: StatementAmounts) => costText(BigInt(loadedNano), currency);
  const gpu = ({ milliGpuSeconds }: StatementAmounts) => gpuHoursText(BigInt(milliGpuSeconds));
  return (
    <Page>
      <PageHeader
        title={`${statement.projectName}, ${month}`}
        back={{ href: '/costs/statements', label: 'Statements' }}
        meta={
          <>
            <span>
              closed <RelativeTime at={closedAt} />
            </span>
            <span>cost centre {statement.costCentre ?? 'not set'}</span>
            <Digest value={digest} />
          </>
        }
        actions={
          <Button
            icon={Download}
            onClick={() => saveText(`statement ${month}.csv`, statementCsv(statement), 'text/csv')}
          >
            CSV
          </Button>
        }
      />
      <StatRow>
        <Stat
          label="Cost"
          value={cost(statement.total)}
          hint="loaded: a GPU node’s whole price lies on its GPUs"
        />
        <Stat label="Held" value={gpu(statement.total)} unit="GPU-hours" />
        <Stat
          label="Its share of idle"
          value={cost(statement.idleShare)}
          hint={`${gpu(statement.idleShare)} GPU-hours, not in the cost`}
        />
        <Stat
          label="Without a price"
          value={gpuHoursText(BigInt(statement.total.unpriced))}
          unit="GPU-hours"
        />
      </StatRow>
      <Lines title="By model" lines={statement.byModel} currency={currency} />
      <Lines
        title="By bucket"
        lines={statement.byBucket.map((line) => ({ ...line, name: bucketWord(line.name) }))}
        currency={currency}
      />
      <Lines title="By GPU product" lines={statement.byProduct} currency={currency} />
      {statement.corrections.length > 0 && (
        <Lines title="Corrections of closed months" lines={statement.corrections} currency={currency} />
      )}
    </Page>
  );
}

type LinesProps = {
  readonly title: string;
  readonly lines: readonly StatementLine[];
  readonly currency: string | null;
};

function Lines({ title, lines, currency }: LinesProps) {
  const columns: Column<StatementLine>[] = [
    { key: 'name', header: title.replace(/^By /, ''), cell: ({ name }) => name },
    {
      key: 'cost',
      header: 'Cost',
      align: 'right',
      cell: ({ loadedNano }) => costText(BigInt(loadedNano), currency),
    },
    {
      key: 'openCost',
      header: 'As OpenCost splits',
      align: 'right',
      phone: 'hide',
      cell: ({ openCostNano }) => costText(BigInt(openCostNano), currency),
    },
    {
      key: 'gpu',
      header: 'GPU-hours',
      align: 'right',
      cell: ({ milliGpuSeconds }) => gpuHoursText(BigInt(milliGpuSeconds)),
    },
  ];
  return (
    <Panel title={title} flush>
      <DataTable
        caption={title}
        columns={columns}
        rows={lines}
        rowKey={({ key, name }) => `${key} ${name}`}
        empty={<p className="px-4 py-3 text-ink-muted">Nothing.</p>}
      />
    </Panel>
  );
}
