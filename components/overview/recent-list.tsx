import { rolloutStanding, rolloutTitle } from '../rollouts/rollout-words.ts';
import { List, ListRow } from '../ui/list.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { Overview } from './overview-answers.ts';
import { Quiet } from './quiet.tsx';

/** The newest rollouts that are over, with how they ended. */
export function RecentList({ rows }: { rows: Overview['recent'] }) {
  if (rows.length === 0) return <Quiet>No rollout has ended yet.</Quiet>;
  return (
    <List label="Recently ended">
      {rows.map((row) => {
        const standing = rolloutStanding(row);
        return (
          <ListRow
            key={row.id}
            href={`/rollouts/${row.id}`}
            title={rolloutTitle(row)}
            detail={
              <>
                {row.environment.name} · ended <RelativeTime at={row.endedAt ?? row.startedAt} />
                {row.failure !== null && <span className="block text-ink">{row.failure.message}</span>}
              </>
            }
            aside={<Status tone={standing.tone} label={standing.label} />}
          />
        );
      })}
    </List>
  );
}
