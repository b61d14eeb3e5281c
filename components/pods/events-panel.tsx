import type { ClusterEvent } from '../../domain/pod.ts';
import { ServiceTime } from '../rollouts/service-clock.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import type { PodsOfService } from './pod-answers.ts';

const columns: readonly Column<ClusterEvent>[] = [
  {
    key: 'reason',
    header: 'Event',
    cell: ({ type, reason }) => <Status tone={type === 'Warning' ? 'warn' : 'neutral'} label={reason} />,
  },
  {
    key: 'object',
    header: 'Of',
    phone: 'hide',
    cell: ({ kind, name }) => (
      <span>
        {kind} <span className="font-mono text-xs">{name}</span>
      </span>
    ),
  },
  {
    key: 'message',
    header: 'What the cluster says',
    nowrap: false,
    cell: ({ message }) => <span className="[overflow-wrap:anywhere]">{message}</span>,
  },
  { key: 'count', header: 'Times', align: 'right', cell: ({ count }) => count },
  {
    key: 'last',
    header: 'Last',
    align: 'right',
    cell: ({ lastAt }) => (lastAt === null ? '–' : <ServiceTime at={lastAt} />),
  },
];

const keyOf = ({ kind, name, reason, message, lastAt }: ClusterEvent): string =>
  JSON.stringify([kind, name, reason, message, lastAt]);

/** Kubernetes Events of the service's pods, ReplicaSets and Deployments, newest first. */
export function EventsPanel({ found }: { found: PodsOfService }) {
  return (
    <Panel
      title="Events"
      description={
        found.eventsTruncated
          ? 'What the cluster says of its pods, ReplicaSets and Deployments; only the newest are shown.'
          : 'What the cluster says of its pods, ReplicaSets and Deployments; it forgets them after an hour.'
      }
      flush
    >
      <DataTable
        caption="Events"
        columns={columns}
        rows={found.events}
        rowKey={keyOf}
        empty={
          <EmptyState title="No Events">
            The cluster has said nothing about this service within the last hour.
          </EmptyState>
        }
      />
    </Panel>
  );
}
