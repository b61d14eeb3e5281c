'use client';

import type { ComponentPropsWithRef } from 'react';
import { type FieldFrame, FormField } from './form-field.tsx';
import { NativeSelect, type Option } from './native-select.tsx';

type SelectFieldProps = ComponentPropsWithRef<'select'> &
  FieldFrame & { options: readonly Option[]; placeholder?: string | undefined };

export function SelectField({ label, hint, error, required, ...rest }: SelectFieldProps) {
  return (
    <FormField label={label} hint={hint} error={error} required={required}>
      {({ id, describedBy, isInvalid }) => (
        <NativeSelect
          {...rest}
          id={id}
          required={required}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
        />
      )}
    </FormField>
  );
}
