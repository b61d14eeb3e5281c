'use client';

import { classNames } from './class-names.ts';
import { controlLook } from './control-look.ts';
import { type FieldFrame, FormField } from './form-field.tsx';

type FileFieldProps = FieldFrame & { accept: string; onFile: (file: File) => void };

/** One file of the reader's machine; choosing the same one again counts as a new choice. */
export function FileField({ label, hint, error, required, accept, onFile }: FileFieldProps) {
  return (
    <FormField label={label} hint={hint} error={error} required={required}>
      {({ id, describedBy, isInvalid }) => (
        <input
          id={id}
          type="file"
          accept={accept}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
          onClick={(event) => {
            event.currentTarget.value = '';
          }}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) onFile(file);
          }}
          className={classNames(
            controlLook,
            'py-1 file:mr-3 file:rounded-sm file:border-0 file:bg-sunken file:px-2 file:py-1 file:font-medium file:text-ink',
          )}
        />
      )}
    </FormField>
  );
}
