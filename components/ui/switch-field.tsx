'use client';

import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

type SwitchFieldProps = {
  label: string;
  hint?: ReactNode | undefined;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabledReason?: string | undefined;
};

export function SwitchField({ label, hint, checked, onChange, disabledReason }: SwitchFieldProps) {
  const id = useId();
  const isBlocked = disabledReason !== undefined;
  const note = disabledReason ?? hint;
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="min-w-0">
        <span id={id} className="font-medium">
          {label}
        </span>
        {note !== undefined && (
          <p id={`${id}-note`} className="text-ink-muted text-xs">
            {note}
          </p>
        )}
      </div>
      <button
        type="button"
        role="switch"
        aria-checked={checked}
        aria-disabled={isBlocked || undefined}
        aria-labelledby={id}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onClick={() => !isBlocked && onChange(!checked)}
        className={classNames(
          'mt-0.5 inline-flex h-5 w-9 shrink-0 items-center rounded-full border p-0.5 transition-colors',
          checked ? 'border-accent-fill bg-accent-fill' : 'border-line-control bg-sunken',
          isBlocked && 'cursor-not-allowed opacity-60',
        )}
      >
        <span
          aria-hidden
          className={classNames(
            'size-3.5 rounded-full transition-transform',
            checked ? 'translate-x-4 bg-accent-ink' : 'bg-line-control',
          )}
        />
      </button>
    </div>
  );
}
