import { countText } from '../../domain/figure-text.ts';
import { List, ListRow } from '../ui/list.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { Connect } from './connect-answers.ts';

type Rows = Connect['rejected'];

/** Rows that were sent and not counted, by the reason that their sender was told, and counted ones that labels do not find. */
export function RejectedPanel({ rejected }: { readonly rejected: Rows }) {
  const isUnjoined = ({ kind }: Rows[number]) => kind === 'unjoinedRow';
  return (
    <>
      <RowsPanel title="Rows that were not counted" rows={rejected.filter((row) => !isUnjoined(row))} />
      <RowsPanel title="Predictions that labels do not find by id" rows={rejected.filter(isUnjoined)} />
    </>
  );
}

function RowsPanel({ title, rows: listed }: { readonly title: string; readonly rows: Rows }) {
  if (listed.length === 0) return null;
  return (
    <Panel flush title={title}>
      <List label={title}>
        {listed.map(({ name, sentence, rows, source, at }) => (
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
