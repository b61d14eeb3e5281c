import { type Column, DataTable } from '../ui/data-table.tsx';
import { Status } from '../ui/status.tsx';
import { MissingPart, RecordSection } from './record-section.tsx';
import { containerText, terminationText } from './record-words.ts';
import type { RecordPart } from './rollout-answers.ts';
import { ServiceMoment } from './service-clock.tsx';

type Pod = Extract<RecordPart<'pods'>, { kind: 'taken' }>['value']['pods'][number];

/** The canary's pods as they were: state, restarts and how their containers last ended. */
export function RecordPods({ part }: { part: RecordPart<'pods'> }) {
  if (part.kind === 'missing') return <MissingPart why={part.why} />;
  const { pods, truncated } = part.value;
  return (
    <RecordSection title="Pods" count={pods.length} flush>
      <DataTable
        caption="Pods of the canary"
        columns={columns}
        rows={pods}
        rowKey={(pod) => pod.uid}
        minWidth="44rem"
        empty={<p className="px-4 pb-3 text-ink-muted">It had no pod.</p>}
      />
      {truncated && <p className="px-4 py-2 text-ink-muted text-xs">There were more pods than these.</p>}
    </RecordSection>
  );
}

const columns: readonly Column<Pod>[] = [
  { key: 'pod', header: 'Pod', cell: (pod) => <code className="font-mono text-xs">{pod.name}</code> },
  {
    key: 'state',
    header: 'State',
    cell: (pod) => (
      <Status tone={pod.ready ? 'ok' : 'bad'} label={pod.ready ? 'Ready' : (stateOf(pod) ?? pod.phase)} />
    ),
  },
  { key: 'restarts', header: 'Restarts', align: 'right', cell: (pod) => pod.restarts },
  { key: 'ended', header: 'Last termination', nowrap: false, cell: (pod) => <LastTerminations pod={pod} /> },
  { key: 'node', header: 'Node', cell: (pod) => pod.node ?? 'none' },
];

function stateOf({ containers, problem }: Pod): string | null {
  const broken = containers.find((container) => !container.ready);
  return broken === undefined ? problem : containerText(broken);
}

function LastTerminations({ pod }: { pod: Pod }) {
  const ended = pod.containers.filter((container) => container.lastTermination !== null);
  if (ended.length === 0) return <span className="text-ink-muted">{pod.problem ?? 'none'}</span>;
  return (
    <ul>
      {ended.map(({ name, lastTermination }) => (
        <li key={name}>
          {name}: {lastTermination === null ? '' : terminationText(lastTermination)}
          {lastTermination?.finishedAt != null && (
            <>
              {' '}
              at <ServiceMoment at={lastTermination.finishedAt} />
            </>
          )}
          {lastTermination?.message !== undefined && lastTermination.message !== '' && (
            <div className="text-ink-muted text-xs">{lastTermination.message}</div>
          )}
        </li>
      ))}
    </ul>
  );
}
