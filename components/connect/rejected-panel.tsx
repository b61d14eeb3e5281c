import { countText } from '../../domain/figure-text.ts';
import { List, ListRow } from '../ui/list.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { Connect } from './connect-answers.ts';

/** Rows that were sent and not counted, by the reason that their sender was told. */
export function RejectedPanel({ rejected }: Pick<Connect, 'rejected'>) {
  if (rejected.length === 0) return null;
  return (
    <Panel flush title="Rows that were not counted">
      <List label="Rows that were not counted">
        {rejected.map(({ name, sentence, rows, source, at }) => (
          <ListRow
            key={name}
            title={sentence}
            detail={
              <>
                last from {source}, <RelativeTime at={at} />
              </>
            }
            aside={`${countText(rows)} ${rows === 1 ? 'row' : 'rows'}`}
          />
        ))}
      </List>
    </Panel>
  );
}
