import { countText } from '../../domain/figure-text.ts';
import { Panel } from '../ui/panel.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import { Status } from '../ui/status.tsx';
import type { Connect } from './connect-answers.ts';

/** Rows that bins are learned from. */
const enoughRows = 1_000;

/** Waits for the first row, then tells what came and how far the bins are. */
export function ArrivalPanel({ data }: { data: Connect }) {
  const { came, binnedFeatures, expected } = data;
  if (came === null)
    return (
      <Panel title={<Status tone="progress" label="Waiting for the first row" />}>
        <p className="text-ink-muted">
          This page shows it by itself as soon as it comes.
          {expected.length > 0 && ` The model says that it takes ${expected.length} columns.`}
        </p>
      </Panel>
    );
  const { first, last, learning } = came;
  return (
    <>
      <StatRow>
        <Stat label="First row" value={<ExactTime at={first.at} seconds />} hint={`from ${first.source}`} />
        <Stat
          label="Last batch"
          value={<RelativeTime at={last.at} />}
          hint={`${countText(last.rows)} ${last.rows === 1 ? 'row' : 'rows'} from ${last.source}`}
        />
        <Stat
          label="Features counted"
          value={binnedFeatures === null ? 'none yet' : countText(binnedFeatures)}
          hint={binnedFeatures === null ? 'bins are learned first' : undefined}
        />
        <Stat
          label="Unknown columns"
          value={countText(data.unknown.length)}
          tone={data.unknown.length > 0 ? 'warn' : undefined}
        />
      </StatRow>
      {learning > 0 && (
        <Panel>
          <ProgressBar
            label="First rows, from which bins are learned"
            value={Math.min(learning, enoughRows)}
            max={enoughRows}
            detail={`${countText(learning)} of ${countText(enoughRows)}`}
          />
        </Panel>
      )}
    </>
  );
}
