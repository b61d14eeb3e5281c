'use client';

import { Plus, Trash2 } from 'lucide-react';
import type { BudgetUnit } from '../../domain/budget/budget-schema.ts';
import { Button } from '../ui/button.tsx';
import { Fieldset } from '../ui/form-field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ThresholdDraft } from './threshold-draft.ts';

type Props = {
  readonly drafts: readonly ThresholdDraft[];
  readonly onChange: (drafts: readonly ThresholdDraft[]) => void;
  readonly unit: BudgetUnit;
  readonly currency: string | null;
};

const bases = [
  { value: 'actual percent', label: 'Spent, in percent' },
  { value: 'actual absolute', label: 'Spent, as an amount' },
  { value: 'forecast percent', label: 'Forecast, in percent' },
  { value: 'forecast absolute', label: 'Forecast, as an amount' },
  { value: 'burn percent', label: 'Times the pace' },
];

/** What people are told of, a row each. */
export function ThresholdFields({ drafts, onChange, unit, currency }: Props) {
  const change = (index: number, part: Partial<ThresholdDraft>) =>
    onChange(drafts.map((draft, at) => (at === index ? { ...draft, ...part } : draft)));
  const money = unit === 'gpuHours' ? 'GPU-hours' : (currency ?? '');
  return (
    <Fieldset
      legend="Told at"
      hint="What is spent is told once in a period; forecast and pace again after a day at five points below."
    >
      <div className="flex flex-col gap-2">
        {drafts.map((draft, index) => (
          <div key={index} className="grid grid-cols-[1fr_1fr_auto] items-end gap-2">
            <SelectField
              label={`Basis ${index + 1}`}
              value={`${draft.basis} ${draft.basis === 'burn' ? 'percent' : draft.kind}`}
              onChange={(event) => {
                const [basis, kind] = event.currentTarget.value.split(' ');
                change(index, {
                  basis: basis as ThresholdDraft['basis'],
                  kind: kind as ThresholdDraft['kind'],
                });
              }}
              options={bases}
            />
            <TextField
              label={`Limit ${index + 1}`}
              inputMode="decimal"
              value={draft.text}
              suffix={draft.basis === 'burn' ? 'times' : draft.kind === 'percent' ? '%' : money}
              onChange={(event) => change(index, { text: event.currentTarget.value })}
            />
            <IconButton
              icon={Trash2}
              label={`Remove threshold ${index + 1}`}
              onClick={() => onChange(drafts.filter((_, at) => at !== index))}
            />
          </div>
        ))}
        <div>
          <Button
            size="small"
            icon={Plus}
            onClick={() => onChange([...drafts, { basis: 'actual', kind: 'percent', text: '75' }])}
          >
            Add a threshold
          </Button>
        </div>
      </div>
    </Fieldset>
  );
}
