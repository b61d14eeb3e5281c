import { type Column, DataTable } from '../ui/data-table.tsx';
import { Status } from '../ui/status.tsx';
import { MissingPart, RecordSection } from './record-section.tsx';
import type { RecordPart } from './rollout-answers.ts';
import { ServiceMoment } from './service-clock.tsx';

type ClusterEvent = Extract<RecordPart<'events'>, { kind: 'taken' }>['value']['events'][number];

/** What the cluster said of the canary, newest first. */
export function RecordEvents({ part }: { part: RecordPart<'events'> }) {
  if (part.kind === 'missing') return <MissingPart why={part.why} />;
  const { events, truncated } = part.value;
  return (
    <RecordSection title="Events" count={events.length} flush>
      <DataTable
        caption="Kubernetes Events of the canary"
        columns={columns}
        rows={events}
        rowKey={(event) => `${event.kind} ${event.name} ${event.reason} ${event.message}`}
        minWidth="44rem"
        empty={<p className="px-4 pb-3 text-ink-muted">The cluster said nothing of it.</p>}
      />
      {truncated && <p className="px-4 py-2 text-ink-muted text-xs">There were older Events than these.</p>}
    </RecordSection>
  );
}

const columns: readonly Column<ClusterEvent>[] = [
  {
    key: 'last',
    header: 'Last',
    cell: (event) => (event.lastAt === null ? 'unknown' : <ServiceMoment at={event.lastAt} />),
  },
  {
    key: 'reason',
    header: 'Reason',
    cell: (event) => <Status tone={event.type === 'Warning' ? 'warn' : 'neutral'} label={event.reason} />,
  },
  {
    key: 'object',
    header: 'Object',
    cell: (event) => (
      <>
        {event.kind} <code className="font-mono text-xs">{event.name}</code>
      </>
    ),
  },
  { key: 'message', header: 'Message', nowrap: false, cell: (event) => event.message },
  { key: 'count', header: 'Times', align: 'right', cell: (event) => event.count },
];
