import { CircleCheck, CircleDashed, CircleDot, CircleX, type LucideIcon, SkipForward } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export type StepState = 'done' | 'current' | 'waiting' | 'failed' | 'skipped';

type Step = {
  key: string;
  label: string;
  state: StepState;
  detail?: ReactNode | undefined;
  share?: number | undefined;
};

type Look = { icon: LucideIcon; word: string; bar: string; text: string };

const looks: Record<StepState, Look> = {
  done: { icon: CircleCheck, word: 'done', bar: 'bg-ok', text: 'text-ok' },
  current: { icon: CircleDot, word: 'now', bar: 'bg-info', text: 'text-info' },
  waiting: { icon: CircleDashed, word: 'to come', bar: 'bg-line-strong', text: 'text-ink-faint' },
  failed: { icon: CircleX, word: 'failed', bar: 'bg-bad', text: 'text-bad' },
  skipped: { icon: SkipForward, word: 'skipped', bar: 'bg-line-strong', text: 'text-ink-faint' },
};

/** One bar, one segment per step; `share` (0 to 1) is how much of the current step is behind us. */
export function StepBar({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <ol aria-label={label} className="grid grid-cols-1 gap-x-1 gap-y-3 sm:auto-cols-fr sm:grid-flow-col">
      {steps.map((step) => (
        <StepItem key={step.key} step={step} />
      ))}
    </ol>
  );
}

function StepItem({ step }: { step: Step }) {
  const { icon: Shape, word, bar, text } = looks[step.state];
  const isCurrent = step.state === 'current';
  const percent = step.state === 'waiting' ? 0 : isCurrent ? 100 * (step.share ?? 0) : 100;
  return (
    <li aria-current={isCurrent ? 'step' : undefined} className="flex min-w-0 flex-col gap-2">
      <div
        className={classNames(
          'h-1.5 overflow-hidden rounded-full bg-neutral-surface',
          isCurrent && 'ring-1 ring-info-line',
        )}
      >
        <div
          className={classNames('h-full rounded-full', bar, isCurrent && 'animate-breathe')}
          style={{ width: `${percent}%` }}
        />
      </div>
      <div className="flex min-w-0 flex-col">
        <span className="flex items-center gap-1.5">
          <Shape aria-hidden className={classNames('size-3.5 shrink-0', text)} />
          <span className={classNames('truncate font-medium', step.state === 'waiting' && 'text-ink-muted')}>
            {step.label}
          </span>
          <span className={classNames('text-xs', text)}>{word}</span>
        </span>
        {step.detail !== undefined && <span className="pl-5 text-ink-muted text-xs">{step.detail}</span>}
      </div>
    </li>
  );
}
