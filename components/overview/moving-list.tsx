import { rolloutStanding, rolloutTitle } from '../rollouts/rollout-words.ts';
import { StepPips } from '../rollouts/step-pips.tsx';
import { EnvironmentLabel } from '../services/environment-label.tsx';
import { Countdown } from '../ui/countdown.tsx';
import { List, ListRow } from '../ui/list.tsx';
import { Status } from '../ui/status.tsx';
import type { Overview } from './overview-answers.ts';
import { Quiet } from './quiet.tsx';

type Row = Overview['moving'][number];

/** Rollouts under way, each with the one thing it waits for. */
export function MovingList({ rows }: { rows: readonly Row[] }) {
  if (rows.length === 0)
    return <Quiet>Nothing is rolling out. A rollout starts when a promotion has all its signatures.</Quiet>;
  return (
    <List label="Moving">
      {rows.map((row) => {
        const standing = rolloutStanding(row);
        return (
          <ListRow
            key={row.id}
            href={`/rollouts/${row.id}`}
            title={rolloutTitle(row)}
            detail={
              <span className="flex flex-col gap-1">
                <span className="flex flex-wrap items-center gap-x-2">
                  <EnvironmentLabel environment={row.environment} />
                  <StepPips rollout={row} />
                </span>
                <Wait row={row} />
              </span>
            }
            aside={<Status tone={standing.tone} label={standing.label} />}
          />
        );
      })}
    </List>
  );
}

function Wait({ row }: { row: Row }) {
  const first = row.blockers[0];
  if (first === undefined) return null;
  return (
    <span>
      {first.message}
      {first.until !== null && (
        <>
          {' '}
          <Countdown until={first.until} doneLabel="No time" /> left.
        </>
      )}
    </span>
  );
}
