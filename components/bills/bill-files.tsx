'use client';

import { FileText } from 'lucide-react';
import { countText } from '../../domain/figure-text.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Person } from '../ui/person.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { RemoveDialog } from '../ui/remove-dialog.tsx';
import { useCommand } from '../use-command.ts';
import type { BillFile } from './bill-answers.ts';

function columnsOf(blocked: string | undefined): readonly Column<BillFile>[] {
  return [
    {
      key: 'name',
      header: 'File',
      nowrap: false,
      cell: (row) => <span className="[overflow-wrap:anywhere]">{row.fileName}</span>,
    },
    { key: 'rows', header: 'Charges', align: 'right', cell: (row) => countText(row.rows) },
    {
      key: 'outside',
      header: 'Of other months',
      align: 'right',
      phone: 'hide',
      cell: (row) => countText(row.outside),
    },
    { key: 'by', header: 'Imported by', phone: 'hide', cell: (row) => <Person name={row.importedBy.name} /> },
    { key: 'at', header: 'When', phone: 'hide', cell: (row) => <RelativeTime at={row.importedAt} /> },
    { key: 'do', header: 'Actions', align: 'right', cell: (row) => <Remove file={row} blocked={blocked} /> },
  ];
}

/** The bills that the comparison is made of. */
export function BillFiles({ files, blocked }: { files: readonly BillFile[]; blocked: string | undefined }) {
  return (
    <DataTable
      caption="Bills of the month"
      columns={columnsOf(blocked)}
      rows={files}
      rowKey={(row) => row.id}
      empty={
        <EmptyState icon={FileText} title="No bill of this month yet">
          Export a month in FOCUS from your cloud and import it: the difference to the ledger appears here by
          instance type.
        </EmptyState>
      }
    />
  );
}

function Remove({ file, blocked }: { file: BillFile; blocked: string | undefined }) {
  const trpc = useTrpc();
  const remove = useCommand((extra) => trpc.bills.remove.mutationOptions(extra));
  return (
    <RemoveDialog
      title={`Remove ${file.fileName}?`}
      description="Its charges no longer count in the comparison. The file itself was never kept; import it again if need be."
      command={remove}
      onConfirm={() => remove.run({ billFileId: file.id })}
      trigger={
        <Button size="small" disabledReason={blocked}>
          Remove
        </Button>
      }
    />
  );
}
