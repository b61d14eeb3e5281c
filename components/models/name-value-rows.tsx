'use client';

import { Plus, Trash2 } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { NameValue } from './name-values.ts';

type Props = {
  readonly label: string;
  readonly rows: readonly NameValue[];
  readonly onChange: (rows: readonly NameValue[]) => void;
  readonly nameLabel: string;
  readonly valueLabel: string;
  readonly addLabel: string;
  readonly error?: string | undefined;
  readonly isNumber?: boolean | undefined;
};

/** Pairs to fill in; empty rows are left out when they are sent. */
export function NameValueRows(props: Props) {
  const { label, rows, onChange, nameLabel, valueLabel, addLabel, error, isNumber } = props;
  const change = (at: number, part: Partial<NameValue>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 font-medium">
        {label} <span className="ml-1 font-normal text-ink-faint text-xs">optional</span>
      </legend>
      {rows.map((row, index) => (
        <div key={index} className="flex items-end gap-2">
          <div className="min-w-0 flex-1">
            <TextField
              label={index === 0 ? nameLabel : `${nameLabel} ${index + 1}`}
              value={row.name}
              onChange={(event) => change(index, { name: event.currentTarget.value })}
            />
          </div>
          <div className="min-w-0 flex-1">
            <TextField
              label={index === 0 ? valueLabel : `${valueLabel} ${index + 1}`}
              value={row.value}
              inputMode={isNumber ? 'decimal' : undefined}
              onChange={(event) => change(index, { value: event.currentTarget.value })}
            />
          </div>
          <IconButton
            label={`Remove row ${index + 1} of ${label.toLowerCase()}`}
            icon={Trash2}
            onClick={() => onChange(rows.filter((_, other) => other !== index))}
          />
        </div>
      ))}
      {error !== undefined && (
        <p role="alert" className="text-bad text-xs">
          {error}
        </p>
      )}
      <div>
        <Button size="small" icon={Plus} onClick={() => onChange([...rows, { name: '', value: '' }])}>
          {addLabel}
        </Button>
      </div>
    </fieldset>
  );
}
