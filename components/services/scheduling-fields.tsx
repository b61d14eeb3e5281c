'use client';

import { EditorCell } from '../rollouts/editor-cell.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { NativeSelect } from '../ui/native-select.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ContainerDraft, TolerationDraft } from './container-draft.ts';
import { RowsEditor } from './rows-editor.tsx';

type Props = {
  readonly draft: ContainerDraft;
  readonly onChange: (change: Partial<ContainerDraft>) => void;
};

const effects = [
  { value: '', label: 'Any effect' },
  { value: 'NoSchedule', label: 'NoSchedule' },
  { value: 'PreferNoSchedule', label: 'PreferNoSchedule' },
  { value: 'NoExecute', label: 'NoExecute' },
] as const;

const fresh: Omit<TolerationDraft, 'key'> = { taint: '', value: '', effect: '' };

export function SchedulingFields({ draft, onChange }: Props) {
  return (
    <div className="flex flex-col gap-4">
      <FormGrid columns={2}>
        <TextField
          label="Service account"
          required={false}
          mono
          value={draft.serviceAccountName}
          onChange={(event) => onChange({ serviceAccountName: event.currentTarget.value })}
        />
        <TextField
          label="Pull secrets"
          required={false}
          mono
          hint="Separated by commas."
          value={draft.imagePullSecrets}
          onChange={(event) => onChange({ imagePullSecrets: event.currentTarget.value })}
        />
      </FormGrid>
      <TextAreaField
        label="Node selector"
        required={false}
        mono
        rows={2}
        placeholder="nvidia.com/gpu.product=NVIDIA-L4"
        hint="One label=value per line."
        value={draft.nodeSelector}
        onChange={(event) => onChange({ nodeSelector: event.currentTarget.value })}
      />
      <RowsEditor
        noun="toleration"
        rows={draft.tolerations}
        fresh={fresh}
        onChange={(tolerations) => onChange({ tolerations })}
      >
        {(toleration, set, number) => (
          <>
            <EditorCell
              label={`Taint of toleration ${number}`}
              placeholder="nvidia.com/gpu"
              className="font-mono"
              value={toleration.taint}
              onText={(taint) => set({ taint })}
            />
            <EditorCell
              label={`Value of toleration ${number}`}
              placeholder="any value"
              value={toleration.value}
              onText={(value) => set({ value })}
            />
            <NativeSelect
              aria-label={`Effect of toleration ${number}`}
              options={effects}
              value={toleration.effect}
              onChange={(event) => {
                const value = event.currentTarget.value;
                const found = effects.find((effect) => effect.value === value);
                if (found !== undefined) set({ effect: found.value });
              }}
            />
          </>
        )}
      </RowsEditor>
    </div>
  );
}
