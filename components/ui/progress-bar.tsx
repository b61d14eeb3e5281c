import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { type Tone, toneClasses } from './tone.ts';

type ProgressBarProps = {
  label: string;
  value: number;
  max: number;
  detail?: ReactNode | undefined;
  tone?: Tone | undefined;
};

/** `max` of zero is a bar that has not begun, not an error. */
export function ProgressBar({ label, value, max, detail, tone = 'info' }: ProgressBarProps) {
  const percent = max <= 0 ? 0 : Math.min(100, Math.max(0, (100 * value) / max));
  return (
    <div className="flex flex-col gap-1">
      <div className="flex justify-between gap-4 text-xs">
        <span className="text-ink-muted">{label}</span>
        {detail !== undefined && <span>{detail}</span>}
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={value}
        aria-valuemin={0}
        aria-valuemax={max}
        className="h-1.5 overflow-hidden rounded-full bg-neutral-surface"
      >
        <div
          className={classNames('h-full rounded-full transition-[width]', toneClasses[tone].solid)}
          style={{ width: `${percent}%` }}
        />
      </div>
    </div>
  );
}
