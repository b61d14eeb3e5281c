'use client';

import { FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { PlanChecksEditor } from './plan-checks-editor.tsx';
import type { PlanDraft } from './plan-draft.ts';
import { PlanStepsEditor } from './plan-steps-editor.tsx';

type Props = { readonly draft: PlanDraft; readonly onChange: (draft: PlanDraft) => void };

const deadlines = [
  { value: 'hold', label: 'Hold and wait for a person' },
  { value: 'rollBack', label: 'Roll back' },
  { value: 'continue', label: 'Continue without evidence' },
] as const;

/** Steps, checks and times of a rollout plan. */
export function PlanEditor({ draft, onChange }: Props) {
  const set = (change: Partial<PlanDraft>) => onChange({ ...draft, ...change });
  return (
    <div className="flex flex-col gap-5">
      <PlanStepsEditor steps={draft.steps} onChange={(steps) => set({ steps })} />
      <PlanChecksEditor checks={draft.checks} onChange={(checks) => set({ checks })} />
      <FormGrid columns={2}>
        <SelectField
          label="At a step's deadline without a verdict"
          options={deadlines}
          value={draft.onDeadline}
          onChange={(event) => {
            const value = event.currentTarget.value;
            const found = deadlines.find((each) => each.value === value);
            if (found !== undefined) set({ onDeadline: found.value });
          }}
        />
        <TextField
          label="False alarms of the whole rollout, at most"
          suffix="%"
          inputMode="decimal"
          value={draft.alphaPercent}
          onChange={(event) => set({ alphaPercent: event.currentTarget.value })}
          hint="Split over the relative checks."
        />
        <TextField
          label="Analysis interval"
          value={draft.interval}
          onChange={(event) => set({ interval: event.currentTarget.value })}
          hint="Requests are counted per interval."
        />
        <TextField
          label="Ready within"
          value={draft.progressDeadline}
          onChange={(event) => set({ progressDeadline: event.currentTarget.value })}
          hint="Later, the rollout is rolled back."
        />
        <TextField
          label="Keep the old revision after 100 %"
          value={draft.scaleDownDelay}
          onChange={(event) => set({ scaleDownDelay: event.currentTarget.value })}
          hint="So long a roll back needs no new pods."
        />
        <TextField
          label="Bake time after 100 %"
          value={draft.bake}
          onChange={(event) => set({ bake: event.currentTarget.value })}
          hint="In it a broken rail rolls back, later it alerts; 0 turns it off."
        />
      </FormGrid>
    </div>
  );
}
