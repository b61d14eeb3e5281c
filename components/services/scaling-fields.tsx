'use client';

import { FormGrid } from '../ui/form-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ScalingDraft } from './scaling-draft.ts';

type Props = { readonly draft: ScalingDraft; readonly onChange: (draft: ScalingDraft) => void };

/** A fixed number of replicas, or bounds for an autoscaler. */
export function ScalingFields({ draft, onChange }: Props) {
  const set = (change: Partial<ScalingDraft>) => onChange({ ...draft, ...change });
  return (
    <div className="flex flex-col gap-3">
      <div>
        <Segmented
          label="How replicas are chosen"
          value={draft.kind}
          onChange={(kind) => set({ kind })}
          options={[
            { value: 'fixed', label: 'Fixed' },
            { value: 'auto', label: 'Min and max' },
          ]}
        />
      </div>
      {draft.kind === 'fixed' ? (
        <FormGrid columns={2}>
          <TextField
            label="Replicas"
            inputMode="numeric"
            value={draft.replicas}
            onChange={(event) => set({ replicas: event.currentTarget.value })}
          />
        </FormGrid>
      ) : (
        <FormGrid columns={3}>
          <TextField
            label="At least"
            inputMode="numeric"
            value={draft.minReplicas}
            onChange={(event) => set({ minReplicas: event.currentTarget.value })}
          />
          <TextField
            label="At most"
            inputMode="numeric"
            value={draft.maxReplicas}
            onChange={(event) => set({ maxReplicas: event.currentTarget.value })}
          />
          <TextField
            label="Target CPU"
            inputMode="numeric"
            suffix="%"
            value={draft.targetCpuPercent}
            onChange={(event) => set({ targetCpuPercent: event.currentTarget.value })}
          />
        </FormGrid>
      )}
    </div>
  );
}
