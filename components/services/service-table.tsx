import type { ReactNode } from 'react';
import { AdoptedBadge } from '../models/adopted-badge.tsx';
import { versionName } from '../rollouts/rollout-words.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Digest } from '../ui/digest.tsx';
import { Person } from '../ui/person.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import { ManagerBadge } from '../workloads/manager-badge.tsx';
import { EnvironmentLabel } from './environment-label.tsx';
import type { ServiceRow } from './service-answers.ts';
import { serviceStanding } from './service-words.ts';
import { WatchedBadge } from './watched-badge.tsx';

const columns: readonly Column<ServiceRow>[] = [
  { key: 'name', header: 'Service', cell: (row) => <Name row={row} /> },
  {
    key: 'environment',
    header: 'Environment',
    phone: 'hide',
    cell: (row) => <EnvironmentLabel environment={row.environment} />,
  },
  {
    key: 'standing',
    header: 'Status',
    cell: (row) => {
      const standing = serviceStanding(row);
      return <Status tone={standing.tone} label={standing.label} />;
    },
  },
  { key: 'runs', header: 'Runs', phone: 'hide', cell: (row) => <Runs row={row} /> },
  {
    key: 'why',
    header: 'Why it waits',
    phone: 'hide',
    width: '26%',
    nowrap: false,
    cell: (row) => (
      <span title={row.blockers[0]?.message} className="line-clamp-2 text-ink-muted text-xs leading-4">
        {row.blockers[0]?.message ?? row.status?.watched?.sentence}
      </span>
    ),
  },
  {
    key: 'owner',
    header: 'Owner',
    phone: 'hide',
    cell: (row) =>
      row.owner === null ? <span className="text-ink-faint">none</span> : <Person name={row.owner.name} />,
  },
  {
    key: 'seen',
    header: 'Changed',
    align: 'right',
    phone: 'hide',
    cell: (row) => (row.statusAt === null ? '–' : <RelativeTime at={row.statusAt} />),
  },
];

function Name({ row }: { row: ServiceRow }) {
  if (row.mode === 'managed') return row.name;
  return (
    <span className="inline-flex items-center gap-2">
      {row.name} <WatchedBadge />
      {row.watches !== null && row.watches.manager.kind !== 'none' && (
        <span className="max-sm:hidden">
          <ManagerBadge manager={row.watches.manager} />
        </span>
      )}
    </span>
  );
}

function Runs({ row }: { row: ServiceRow }) {
  if (row.stable === null) return <span className="text-ink-faint">nothing yet</span>;
  return (
    <span className="inline-flex items-center gap-2">
      {versionName(row.stable)} <span className="text-ink-muted text-xs">revision {row.stable.number}</span>
      {row.mode === 'watched' && <Digest value={row.stable.imageDigest} length={8} />}
      {row.stable.adopted && <AdoptedBadge />}
    </span>
  );
}

type Props = {
  readonly rows: readonly ServiceRow[];
  readonly empty: ReactNode;
  readonly pager: ReactNode;
};

export function ServiceTable({ rows, empty, pager }: Props) {
  return (
    <DataTable
      caption="Services"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowHref={(row) => `/services/${row.id}`}
      empty={empty}
      pager={pager}
    />
  );
}
