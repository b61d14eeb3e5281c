import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { AlertOfService } from './monitoring-answers.ts';
import { alertStanding, kindWords } from './monitoring-words.ts';

const columns: readonly Column<AlertOfService>[] = [
  { key: 'kind', header: 'Alert', cell: ({ kind }) => kindWords[kind] },
  { key: 'state', header: 'State', cell: (row) => <Status {...alertStanding(row)} /> },
  {
    key: 'sentence',
    header: 'What it saw',
    nowrap: false,
    phone: 'hide',
    cell: ({ sentence }) => <span className="block py-1.5 leading-5">{sentence}</span>,
  },
  {
    key: 'opened',
    header: 'Opened',
    align: 'right',
    cell: ({ openedAt }) => <RelativeTime at={openedAt} />,
  },
];

type AlertsPanelProps = {
  readonly title: string;
  readonly caption: string;
  readonly alerts: readonly AlertOfService[];
};

/** Alerts of one service, each leading to its page; nothing where there is none. */
export function AlertsPanel({ title, caption, alerts }: AlertsPanelProps) {
  if (alerts.length === 0) return null;
  return (
    <Panel flush title={title}>
      <DataTable
        caption={caption}
        columns={columns}
        rows={alerts}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/monitoring/alerts/${id}`}
        empty={null}
      />
    </Panel>
  );
}
