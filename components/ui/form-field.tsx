'use client';

import { CircleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

export type FieldFrame = {
  label: string;
  hint?: ReactNode | undefined;
  error?: string | undefined;
  required?: boolean | undefined;
};

type FieldIds = { id: string; describedBy: string | undefined; isInvalid: boolean };

type FormFieldProps = FieldFrame & { children: (ids: FieldIds) => ReactNode };

/** Ties label, hint and error to one control; a field that may stay empty says so, the others do not shout. */
export function FormField({ label, hint, error, required, children }: FormFieldProps) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = error === undefined ? undefined : `${id}-error`;
  const describedBy = [errorId, hintId].filter(Boolean).join(' ') || undefined;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
        {required === false && <span className="ml-1 font-normal text-ink-faint text-xs">optional</span>}
      </label>
      {children({ id, describedBy, isInvalid: error !== undefined })}
      {error !== undefined && (
        <p id={errorId} className="flex items-start gap-1 text-bad text-xs">
          <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={hintId} className="text-ink-muted text-xs">
          {hint}
        </p>
      )}
    </div>
  );
}

type FieldsetProps = { legend: string; hint?: ReactNode | undefined; children: ReactNode };

export function Fieldset({ legend, hint, children }: FieldsetProps) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="float-left mb-0 w-full font-semibold text-base">{legend}</legend>
      {hint !== undefined && <p className="-mt-3 clear-both text-ink-muted">{hint}</p>}
      {children}
    </fieldset>
  );
}

const gridColumns = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-2 lg:grid-cols-3' };

export function FormGrid({
  columns = 2,
  children,
}: {
  columns?: 1 | 2 | 3 | undefined;
  children: ReactNode;
}) {
  return (
    <div className={classNames('grid grid-cols-1 items-start gap-4', gridColumns[columns])}>{children}</div>
  );
}

export function FormActions({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-2 border-line border-t pt-4">{children}</div>
  );
}
