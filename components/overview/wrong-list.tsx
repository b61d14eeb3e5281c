import { ownerText } from '../rollouts/wait-words.ts';
import { List, ListRow } from '../ui/list.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { Overview } from './overview-answers.ts';
import { Quiet } from './quiet.tsx';

type Row = Overview['wrong'][number];

const rooms: Record<Row['kind'], string> = {
  service: 'services',
  rollout: 'rollouts',
  promotion: 'promotions',
  cluster: 'settings/clusters',
  driftAlert: 'monitoring/alerts',
};

/** What does not do what it should, each with its sentence and its fix. */
export function WrongList({ rows }: { rows: readonly Row[] }) {
  if (rows.length === 0) return <Quiet>Nothing is wrong: all services do what was asked of them.</Quiet>;
  return (
    <List label="Wrong">
      {rows.map((row) => (
        <ListRow
          key={`${row.kind} ${row.id} ${row.blocker.code} ${row.blocker.params['key'] ?? ''}`}
          href={`/${rooms[row.kind]}/${row.id}`}
          title={row.title}
          detail={
            <>
              <span className="text-ink">{row.blocker.message}</span> {row.blocker.fix}
              <span className="block">
                {row.environmentName}
                {row.at !== null && (
                  <>
                    {' '}
                    · since <RelativeTime at={row.at} />
                  </>
                )}
                {row.blocker.owner !== null && ` · ${ownerText(row.blocker)} can change it`}
              </span>
            </>
          }
          aside={<Status tone="bad" label={words[row.kind]} />}
        />
      ))}
    </List>
  );
}

const words: Record<Row['kind'], string> = {
  service: 'Service',
  rollout: 'Rollout',
  promotion: 'Promotion',
  cluster: 'Cluster',
  driftAlert: 'Drift',
};
