'use client';

import { useId } from 'react';
import { classNames } from './class-names.ts';
import type { Icon } from './tone-icon.ts';

type SegmentedProps<Value extends string> = {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; icon?: Icon | undefined }[];
};

export function Segmented<Value extends string>({ label, value, onChange, options }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className="inline-flex rounded-md border border-line bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map(({ value: each, label: text, icon: IconShape }) => (
        <label
          key={each}
          className={classNames(
            'relative inline-flex h-6 items-center gap-1 rounded-sm px-2 font-medium text-xs has-focus-visible:outline-2 has-focus-visible:outline-focus',
            each === value ? 'bg-surface text-ink shadow-panel' : 'text-ink-muted hover:text-ink',
          )}
        >
          <input
            type="radio"
            name={name}
            value={each}
            checked={each === value}
            onChange={() => onChange(each)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          {IconShape && <IconShape aria-hidden className="size-3.5" />}
          {text}
        </label>
      ))}
    </fieldset>
  );
}
