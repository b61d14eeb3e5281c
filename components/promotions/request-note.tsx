import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { PromotionDetail } from './promotion-answers.ts';

/** What the requester says to those who sign. */
export function RequestNote({ promotion }: { promotion: PromotionDetail }) {
  if (promotion.note.trim() === '') return null;
  return (
    <Panel>
      <div className="flex flex-col gap-1.5">
        <span className="flex flex-wrap items-center gap-x-3 text-ink-muted text-xs">
          <Person name={promotion.requestedBy.name} />
          <RelativeTime at={promotion.requestedAt} />
        </span>
        <p className="whitespace-pre-wrap text-base [overflow-wrap:anywhere]">{promotion.note}</p>
      </div>
    </Panel>
  );
}
