'use client';

import { FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ContainerDraft, ProbeDraft, ProbeName } from './container-draft.ts';

type Probes = ContainerDraft['probes'];
type Props = { readonly probes: Probes; readonly onChange: (probes: Probes) => void };

const names: readonly { name: ProbeName; label: string }[] = [
  { name: 'readinessProbe', label: 'Readiness' },
  { name: 'livenessProbe', label: 'Liveness' },
  { name: 'startupProbe', label: 'Start-up' },
];

const kinds = [
  { value: 'none', label: 'None' },
  { value: 'http', label: 'HTTP' },
  { value: 'tcp', label: 'TCP' },
] as const;

export function ProbeFields({ probes, onChange }: Props) {
  const set = (name: ProbeName, change: Partial<ProbeDraft>) =>
    onChange({ ...probes, [name]: { ...probes[name], ...change } });
  return (
    <div className="flex flex-col gap-4">
      {names.map(({ name, label }) => (
        <OneProbe key={name} label={label} probe={probes[name]} onSet={(change) => set(name, change)} />
      ))}
    </div>
  );
}

type OneProps = { label: string; probe: ProbeDraft; onSet: (change: Partial<ProbeDraft>) => void };

function OneProbe({ label, probe, onSet }: OneProps) {
  return (
    <FormGrid columns={3}>
      <SelectField
        label={`${label} probe`}
        options={kinds}
        value={probe.kind}
        onChange={(event) => {
          const value = event.currentTarget.value;
          const found = kinds.find((kind) => kind.value === value);
          if (found !== undefined) onSet({ kind: found.value });
        }}
      />
      {probe.kind === 'http' && (
        <TextField
          label={`${label} path`}
          mono
          value={probe.path}
          onChange={(event) => onSet({ path: event.currentTarget.value })}
        />
      )}
      {probe.kind !== 'none' && (
        <TextField
          label={`${label} every`}
          required={false}
          inputMode="numeric"
          suffix="s"
          placeholder="10"
          value={probe.periodSeconds}
          onChange={(event) => onSet({ periodSeconds: event.currentTarget.value })}
        />
      )}
    </FormGrid>
  );
}
