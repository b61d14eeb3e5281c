'use client';

import { Link } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { TimelineList } from '../ui/timeline-list.tsx';
import { auditHref, prepareTimeline } from './prepare-timeline.ts';
import type { TimelineEntry } from './rollout-answers.ts';
import { useClockOffset } from './service-clock.tsx';

type Props = {
  readonly entries: readonly TimelineEntry[];
  readonly auditAll: string;
  /** Older entries are in the audit. */
  readonly most?: number | undefined;
};

/** What people and Fairlead did, from the audit trail; each line leads to its entry. */
export function TimelinePanel({ entries, auditAll, most = 40 }: Props) {
  const offset = useClockOffset();
  const items = prepareTimeline(entries)
    .slice(0, most)
    .map((entry) => ({
      key: entry.key,
      tone: entry.tone,
      icon: entry.icon,
      title: (
        <Link href={auditHref(entry.seq)} className="hover:underline">
          {entry.title}
        </Link>
      ),
      body: entry.comment === null ? undefined : <q>{entry.comment}</q>,
      at: entry.at.getTime() - offset,
      actor: entry.actor,
    }));
  return (
    <Panel
      title="Timeline"
      actions={
        <Link href={auditAll} className="text-accent text-xs hover:underline">
          Open in audit
        </Link>
      }
    >
      {items.length === 0 ? (
        <p className="text-ink-muted">Nothing has happened yet.</p>
      ) : (
        <TimelineList items={items} />
      )}
    </Panel>
  );
}
