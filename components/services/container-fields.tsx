import { Fieldset, FormGrid } from '../ui/form-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ContainerDraft } from './container-draft.ts';
import { EnvEditor } from './env-editor.tsx';
import { ProbeFields } from './probe-fields.tsx';
import { ResourceFields } from './resource-fields.tsx';
import { SchedulingFields } from './scheduling-fields.tsx';
import { VolumeEditor } from './volume-editor.tsx';

type Props = {
  readonly draft: ContainerDraft;
  readonly imageProblem: string | undefined;
  readonly onChange: (draft: ContainerDraft) => void;
};

/** The usual fields of one serving container and its pod. */
export function ContainerFields({ draft, imageProblem, onChange }: Props) {
  const set = (change: Partial<ContainerDraft>) => onChange({ ...draft, ...change });
  return (
    <div className="flex flex-col gap-6">
      <FormGrid columns={2}>
        <div className="sm:col-span-2">
          <TextField
            label="Image"
            required
            mono
            placeholder="registry.example.com/fraud@sha256:…"
            error={imageProblem}
            value={draft.image}
            onChange={(event) => set({ image: event.currentTarget.value })}
          />
        </div>
        <TextField
          label="Container name"
          mono
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextField
          label="Port"
          inputMode="numeric"
          hint="Where requests reach the container."
          value={draft.port}
          onChange={(event) => set({ port: event.currentTarget.value })}
        />
        <TextAreaField
          label="Command"
          required={false}
          mono
          rows={3}
          hint="One word per line."
          value={draft.command}
          onChange={(event) => set({ command: event.currentTarget.value })}
        />
        <TextAreaField
          label="Arguments"
          required={false}
          mono
          rows={3}
          hint="One per line."
          value={draft.args}
          onChange={(event) => set({ args: event.currentTarget.value })}
        />
      </FormGrid>
      <Fieldset legend="Environment variables" hint="A value, or a key of a Secret or ConfigMap.">
        <EnvEditor entries={draft.env} onChange={(env) => set({ env })} />
      </Fieldset>
      <Fieldset legend="Resources">
        <ResourceFields draft={draft} onChange={set} />
      </Fieldset>
      <Fieldset legend="Probes" hint="Traffic reaches a pod only while its readiness probe answers.">
        <ProbeFields probes={draft.probes} onChange={(probes) => set({ probes })} />
      </Fieldset>
      <Fieldset legend="Volumes">
        <VolumeEditor volumes={draft.volumes} onChange={(volumes) => set({ volumes })} />
      </Fieldset>
      <Fieldset legend="Identity and placement">
        <SchedulingFields draft={draft} onChange={set} />
      </Fieldset>
    </div>
  );
}
