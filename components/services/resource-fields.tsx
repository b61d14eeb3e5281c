import { FormGrid } from '../ui/form-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ContainerDraft } from './container-draft.ts';

type Field = 'cpuRequest' | 'cpuLimit' | 'memoryRequest' | 'memoryLimit' | 'gpuCount';
type Props = {
  readonly draft: ContainerDraft;
  readonly onChange: (change: Partial<ContainerDraft>) => void;
};

const fields: readonly { field: Field; label: string; hint?: string }[] = [
  { field: 'cpuRequest', label: 'CPU requested', hint: '500m is half a core.' },
  { field: 'memoryRequest', label: 'Memory requested', hint: 'With its unit: 1Gi.' },
  { field: 'gpuCount', label: 'GPUs', hint: 'Whole nvidia.com/gpu per pod.' },
  { field: 'cpuLimit', label: 'CPU limit' },
  { field: 'memoryLimit', label: 'Memory limit' },
];

export function ResourceFields({ draft, onChange }: Props) {
  return (
    <FormGrid columns={3}>
      {fields.map(({ field, label, hint }) => (
        <TextField
          key={field}
          label={label}
          hint={hint}
          required={false}
          value={draft[field]}
          onChange={(event) => onChange({ [field]: event.currentTarget.value })}
        />
      ))}
    </FormGrid>
  );
}
