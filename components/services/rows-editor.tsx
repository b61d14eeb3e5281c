'use client';

import { Plus, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';

type Keyed = { readonly key: number };
type Props<Row extends Keyed> = {
  readonly noun: string;
  readonly rows: readonly Row[];
  readonly fresh: Omit<Row, 'key'>;
  readonly onChange: (rows: readonly Row[]) => void;
  readonly children: (row: Row, set: (change: Partial<Row>) => void, number: number) => ReactNode;
};

/** A list of small rows that grows and shrinks; each row is four cells wide. */
export function RowsEditor<Row extends Keyed>({ noun, rows, fresh, onChange, children }: Props<Row>) {
  const set = (key: number, change: Partial<Row>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const key = Math.max(-1, ...rows.map((row) => row.key)) + 1;
  return (
    <div className="flex flex-col gap-2">
      {rows.map((row, index) => (
        <div key={row.key} className="flex items-start gap-2">
          <div className="grid min-w-0 flex-1 grid-cols-2 gap-2 sm:grid-cols-4">
            {children(row, (change) => set(row.key, change), index + 1)}
          </div>
          <IconButton
            label={`Remove ${noun} ${index + 1}`}
            icon={Trash2}
            onClick={() => onChange(rows.filter((each) => each.key !== row.key))}
          />
        </div>
      ))}
      <div>
        <Button
          size="small"
          icon={Plus}
          onClick={() => onChange([...rows, { ...fresh, key } as unknown as Row])}
        >
          Add a {noun}
        </Button>
      </div>
    </div>
  );
}
