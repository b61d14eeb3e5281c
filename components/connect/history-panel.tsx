import { countText } from '../../domain/figure-text.ts';
import { Panel } from '../ui/panel.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { Connect } from './connect-answers.ts';

/** What was filled in from files, and how much of it is counted by now. */
export function HistoryPanel({ history }: Pick<Connect, 'history'>) {
  if (history.length === 0) return null;
  return (
    <Panel
      title="History"
      description="Filled in from CSV, into hours and days; each day once from one source."
    >
      <div className="flex flex-col gap-4">
        {history.map(({ source, days, countedDays, rows, fromDay, toDay, receivedAt }) => (
          <ProgressBar
            key={source}
            label={`${source}: ${countText(rows)} ${rows === 1 ? 'row' : 'rows'} from ${fromDay} to ${toDay}`}
            value={countedDays}
            max={days}
            tone={countedDays === days ? 'ok' : 'info'}
            detail={
              <>
                {countedDays} of {days} {days === 1 ? 'day' : 'days'} counted, came{' '}
                <RelativeTime at={receivedAt} />
              </>
            }
          />
        ))}
      </div>
    </Panel>
  );
}
