'use client';

import type { ComponentPropsWithRef } from 'react';
import { classNames } from './class-names.ts';
import { controlLook } from './control-look.ts';
import { type FieldFrame, FormField } from './form-field.tsx';

type TextAreaFieldProps = ComponentPropsWithRef<'textarea'> & FieldFrame & { mono?: boolean | undefined };

export function TextAreaField({
  label,
  hint,
  error,
  required,
  mono,
  rows = 4,
  className,
  ...rest
}: TextAreaFieldProps) {
  return (
    <FormField label={label} hint={hint} error={error} required={required}>
      {({ id, describedBy, isInvalid }) => (
        <textarea
          {...rest}
          id={id}
          rows={rows}
          required={required}
          spellCheck={mono ? false : rest.spellCheck}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
          className={classNames(
            controlLook,
            'read-only:bg-sunken',
            'resize-y py-1.5',
            mono && 'font-mono text-xs',
            className,
          )}
        />
      )}
    </FormField>
  );
}
