import { ChevronDown } from 'lucide-react';
import type { ComponentPropsWithRef } from 'react';
import { classNames } from './class-names.ts';
import { controlLook } from './control-look.ts';

export type Option = { value: string; label: string; disabled?: boolean | undefined };

type NativeSelectProps = ComponentPropsWithRef<'select'> & {
  options: readonly Option[];
  placeholder?: string | undefined;
};

/** The browser's own list: right on a phone, right for a keyboard, and no style element for the CSP to refuse. */
export function NativeSelect({ options, placeholder, className, ...rest }: NativeSelectProps) {
  return (
    <span className="relative block">
      <select
        {...rest}
        className={classNames(controlLook, 'h-control appearance-none truncate pr-8', className)}
      >
        {placeholder !== undefined && <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-2 size-4 text-ink-faint"
      />
    </span>
  );
}
