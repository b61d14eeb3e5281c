import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { type Tone, toneClasses } from './tone.ts';
import { toneIcon } from './tone-icon.ts';

type BannerProps = {
  tone: Tone;
  title: ReactNode;
  action?: ReactNode | undefined;
  children?: ReactNode | undefined;
};

export function Banner({ tone, title, action, children }: BannerProps) {
  const Shape = toneIcon[tone];
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={classNames(
        'flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border px-3.5 py-2.5',
        toneClasses[tone].box,
      )}
    >
      <Shape aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1 basis-40">
        <div className="font-medium">{title}</div>
        {children !== undefined && <div className="text-ink-muted">{children}</div>}
      </div>
      {action !== undefined && <div className="flex shrink-0 flex-wrap gap-2">{action}</div>}
    </div>
  );
}
