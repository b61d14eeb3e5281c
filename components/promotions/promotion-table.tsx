import type { ReactNode } from 'react';
import { EnvironmentLabel } from '../services/environment-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Person } from '../ui/person.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { PromotionRow } from './promotion-answers.ts';
import { moveText, promotionStanding } from './promotion-words.ts';

const columns: readonly Column<PromotionRow>[] = [
  {
    key: 'service',
    header: 'Promotion',
    cell: (row) => (
      <span className="inline-flex items-baseline gap-2">
        {row.service.name}
        <span className="font-normal text-ink-muted">{moveText(row)}</span>
      </span>
    ),
  },
  {
    key: 'state',
    header: 'Status',
    cell: (row) => {
      const standing = promotionStanding(row.state);
      return (
        <span className="inline-flex items-center gap-2">
          <Status tone={standing.tone} label={standing.label} />
          {row.waitsForMe && <Badge tone="warn">you</Badge>}
        </span>
      );
    },
  },
  {
    key: 'environment',
    header: 'Environment',
    phone: 'hide',
    cell: (row) => <EnvironmentLabel environment={row.environment} />,
  },
  { key: 'why', header: 'Why', phone: 'hide', width: '28%', nowrap: false, cell: (row) => <Why row={row} /> },
  { key: 'who', header: 'Asked by', phone: 'hide', cell: (row) => <Person name={row.requestedBy.name} /> },
  { key: 'when', header: 'Asked', align: 'right', cell: (row) => <RelativeTime at={row.requestedAt} /> },
];

function Why({ row }: { row: PromotionRow }) {
  const text = row.blocker?.message ?? row.note;
  return (
    <span title={text} className="line-clamp-2 text-ink-muted text-xs leading-4">
      {text}
    </span>
  );
}

type Props = {
  readonly rows: readonly PromotionRow[];
  readonly caption: string;
  readonly empty: ReactNode;
  readonly pager?: ReactNode | undefined;
};

export function PromotionTable({ rows, caption, empty, pager }: Props) {
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowHref={(row) => `/promotions/${row.id}`}
      empty={empty}
      pager={pager}
    />
  );
}
