import type { ReactNode } from 'react';
import type { Instant } from '../../domain/time-format.ts';
import { classNames } from './class-names.ts';
import { RelativeTime } from './relative-time.tsx';
import { type Tone, toneClasses } from './tone.ts';
import { type Icon, toneIcon } from './tone-icon.ts';

type TimelineItem = {
  key: string;
  tone: Tone;
  title: ReactNode;
  icon?: Icon | undefined;
  body?: ReactNode | undefined;
  at?: Instant | undefined;
  actor?: string | undefined;
};

export function TimelineList({ items }: { items: readonly TimelineItem[] }) {
  return (
    <ol className="flex flex-col">
      {items.map((item, index) => (
        <TimelineEntry key={item.key} item={item} isLast={index === items.length - 1} />
      ))}
    </ol>
  );
}

function TimelineEntry({ item, isLast }: { item: TimelineItem; isLast: boolean }) {
  const Shape = item.icon ?? toneIcon[item.tone];
  return (
    <li className="relative flex gap-3 pb-4 last:pb-0">
      {!isLast && <span aria-hidden className="absolute top-6 bottom-0 left-[0.6875rem] w-px bg-line" />}
      <span
        className={classNames(
          'flex size-6 shrink-0 items-center justify-center rounded-full border',
          toneClasses[item.tone].box,
        )}
      >
        <Shape aria-hidden className="size-3.5" />
      </span>
      <div className="min-w-0 flex-1 pt-0.5">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <span className="font-medium">{item.title}</span>
          <span className="text-ink-muted text-xs">
            {item.actor}
            {item.actor !== undefined && item.at !== undefined && ' · '}
            {item.at !== undefined && <RelativeTime at={item.at} />}
          </span>
        </div>
        {item.body !== undefined && <div className="text-ink-muted">{item.body}</div>}
      </div>
    </li>
  );
}
