'use client';

import type { ComponentPropsWithRef, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { controlLook } from './control-look.ts';
import { type FieldFrame, FormField } from './form-field.tsx';

type TextFieldProps = Omit<ComponentPropsWithRef<'input'>, 'prefix'> &
  FieldFrame & { prefix?: ReactNode | undefined; suffix?: ReactNode | undefined; mono?: boolean | undefined };

export function TextField({
  label,
  hint,
  error,
  required,
  prefix,
  suffix,
  mono,
  className,
  ...rest
}: TextFieldProps) {
  return (
    <FormField label={label} hint={hint} error={error} required={required}>
      {({ id, describedBy, isInvalid }) => (
        <span className="flex items-center gap-2">
          {prefix !== undefined && <span className="shrink-0 text-ink-muted">{prefix}</span>}
          <input
            type="text"
            {...rest}
            id={id}
            required={required}
            aria-describedby={describedBy}
            aria-invalid={isInvalid || undefined}
            className={classNames(
              controlLook,
              'read-only:bg-sunken',
              'h-control',
              mono && 'font-mono',
              className,
            )}
          />
          {suffix !== undefined && <span className="shrink-0 text-ink-muted">{suffix}</span>}
        </span>
      )}
    </FormField>
  );
}
