import type { ReactNode } from 'react';
import { EnvironmentLabel } from '../services/environment-label.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { RolloutRow } from './rollout-answers.ts';
import { hasEnded, rolloutStanding, rolloutTitle, versionName } from './rollout-words.ts';
import { StepPips } from './step-pips.tsx';

const columns: readonly Column<RolloutRow>[] = [
  { key: 'title', header: 'Rollout', cell: (row) => rolloutTitle(row) },
  {
    key: 'standing',
    header: 'Status',
    cell: (row) => {
      const standing = rolloutStanding(row);
      return <Status tone={standing.tone} label={standing.label} />;
    },
  },
  { key: 'steps', header: 'Steps', phone: 'hide', cell: (row) => <StepPips rollout={row} /> },
  {
    key: 'version',
    header: 'Brings',
    phone: 'hide',
    cell: (row) => <span className="text-ink-muted">{versionName(row.to)}</span>,
  },
  {
    key: 'environment',
    header: 'Environment',
    phone: 'hide',
    cell: (row) => <EnvironmentLabel environment={row.environment} />,
  },
  {
    key: 'why',
    header: 'Why',
    phone: 'hide',
    width: '30%',
    nowrap: false,
    cell: (row) => <Why row={row} />,
  },
  {
    key: 'when',
    header: 'When',
    align: 'right',
    cell: (row) => <RelativeTime at={row.endedAt ?? row.startedAt} />,
  },
];

function Why({ row }: { row: RolloutRow }) {
  const text = row.failure?.message ?? (hasEnded(row) ? '' : (row.blockers[0]?.message ?? 'It moves.'));
  return (
    <span title={text} className="line-clamp-2 text-ink-muted text-xs leading-4">
      {text}
    </span>
  );
}

type Props = {
  readonly rows: readonly RolloutRow[];
  readonly caption: string;
  readonly empty: ReactNode;
  readonly pager?: ReactNode | undefined;
};

export function RolloutTable({ rows, caption, empty, pager }: Props) {
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowHref={(row) => `/rollouts/${row.id}`}
      empty={empty}
      pager={pager}
    />
  );
}
