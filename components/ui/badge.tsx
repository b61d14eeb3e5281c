import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { type Tone, toneClasses } from './tone.ts';
import type { Icon } from './tone-icon.ts';

type BadgeProps = {
  tone?: Tone | undefined;
  icon?: Icon | undefined;
  title?: string | undefined;
  children: ReactNode;
};

export function Badge({ tone = 'neutral', icon: IconShape, title, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={classNames(
        'inline-flex h-5 items-center gap-1 whitespace-nowrap align-middle rounded-sm border px-1.5 text-xs font-medium',
        toneClasses[tone].box,
      )}
    >
      {IconShape && <IconShape aria-hidden className="size-3 shrink-0" />}
      {children}
    </span>
  );
}
