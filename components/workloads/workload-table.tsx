'use client';

import type { ReactNode } from 'react';
import { formatNumber } from '../../domain/number-format.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { ManagerBadge } from './manager-badge.tsx';
import type { WorkloadRow } from './workload-answers.ts';
import { LedBy, Replicas, RunningDigest, WorkloadName } from './workload-cells.tsx';
import { workloadKey } from './workload-filter.ts';

export type Ticking = {
  readonly isTicked: (row: WorkloadRow) => boolean;
  readonly tick: (row: WorkloadRow, on: boolean) => void;
  /** Why nothing can be ticked at all; undefined when it can. */
  readonly blocked: string | undefined;
};

function Tick({ row, ticking }: { row: WorkloadRow; ticking: Ticking }) {
  const reason = reasonOf(row.refusal) ?? ticking.blocked;
  return (
    <input
      type="checkbox"
      aria-label={`Watch ${row.ref.kind} ${row.ref.name}`}
      title={reason}
      disabled={reason !== undefined}
      checked={ticking.isTicked(row)}
      onChange={(event) => ticking.tick(row, event.currentTarget.checked)}
      className="size-4 align-middle accent-accent-fill"
    />
  );
}

function columnsOf(ticking: Ticking): Column<WorkloadRow>[] {
  return [
    { key: 'tick', header: 'Watch', width: '4rem', cell: (row) => <Tick row={row} ticking={ticking} /> },
    { key: 'name', header: 'Workload', cell: (row) => <WorkloadName row={row} /> },
    { key: 'digest', header: 'Digest that runs', phone: 'hide', cell: (row) => <RunningDigest row={row} /> },
    { key: 'replicas', header: 'Replicas', cell: (row) => <Replicas row={row} /> },
    {
      key: 'gpus',
      header: 'GPUs',
      align: 'right',
      phone: 'hide',
      cell: (row) => (row.gpuCount === 0 ? '–' : row.gpuCount),
    },
    {
      key: 'requests',
      header: 'Requests/s',
      align: 'right',
      phone: 'hide',
      cell: (row) => (row.requestsPerSecond === null ? '–' : formatNumber(row.requestsPerSecond)),
    },
    {
      key: 'manager',
      header: 'Managed by',
      phone: 'hide',
      cell: (row) => <ManagerBadge manager={row.manager} />,
    },
    { key: 'route', header: 'Route', phone: 'hide', cell: (row) => <LedBy row={row} /> },
  ];
}

type Props = { readonly rows: readonly WorkloadRow[]; readonly ticking: Ticking; readonly empty: ReactNode };

export function WorkloadTable({ rows, ticking, empty }: Props) {
  return (
    <DataTable
      caption="Workloads"
      columns={columnsOf(ticking)}
      rows={rows}
      rowKey={workloadKey}
      empty={empty}
    />
  );
}
