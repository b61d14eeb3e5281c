import { RecordSection } from './record-section.tsx';
import { deliveryText, noticeText } from './record-words.ts';
import type { FrozenRecord, RecordPart } from './rollout-answers.ts';
import { ServiceMoment, useClockOffset } from './service-clock.tsx';

type Props = { readonly part: RecordPart<'told'>; readonly live: FrozenRecord['toldNow'] };

/** Who was told of what: as it is now, because most is only on its way when the record is frozen. */
export function RecordTold({ part, live }: Props) {
  const offset = useClockOffset();
  const known = part.kind === 'taken' ? part.value.length : 0;
  return (
    <RecordSection title="Who was told" count={live.length}>
      {live.length === 0 ? (
        <p className="text-ink-muted">Nobody: no channel of this project hears of it.</p>
      ) : (
        <ul className="flex flex-col">
          {live.map((row) => (
            <li key={`${row.channel} ${row.notice} ${row.noticedAt}`}>
              {row.channel}: {noticeText(row.notice)}, {deliveryText(row.state)}
              {row.at !== null && (
                <>
                  {' '}
                  at <ServiceMoment at={new Date(row.at).getTime() + offset} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {known < live.length && (
        <p className="pt-1 text-ink-muted text-xs">
          {known === 0 ? 'None' : known} of these {known === 1 ? 'was' : 'were'} on its way when the record
          was frozen.
        </p>
      )}
    </RecordSection>
  );
}
