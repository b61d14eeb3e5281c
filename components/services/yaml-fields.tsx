import { FormGrid } from '../ui/form-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { YamlDraft } from './service-draft.ts';

type Props = {
  readonly draft: YamlDraft;
  readonly problem: string | undefined;
  readonly onChange: (draft: YamlDraft) => void;
};

const example = `spec:
  containers:
    - name: model
      image: registry.example.com/fraud@sha256:…
      ports:
        - containerPort: 8080
      resources:
        limits:
          nvidia.com/gpu: 1`;

/** A pod template, Pod or Deployment as it is; read by the server, unknown fields are kept. */
export function YamlFields({ draft, problem, onChange }: Props) {
  return (
    <div className="flex flex-col gap-4">
      <TextAreaField
        label="Pod template, Pod or Deployment"
        mono
        rows={18}
        required
        placeholder={example}
        hint="Only the pod template of a Deployment is taken. Fields that Fairlead does not know are kept as they are."
        error={problem}
        value={draft.text}
        onChange={(event) => onChange({ ...draft, text: event.currentTarget.value })}
      />
      <FormGrid columns={2}>
        <TextField
          label="Serving container"
          required={false}
          mono
          hint="Needed when there is more than one container."
          value={draft.servingContainer}
          onChange={(event) => onChange({ ...draft, servingContainer: event.currentTarget.value })}
        />
        <TextField
          label="Port"
          required={false}
          inputMode="numeric"
          hint="Its first port unless given."
          value={draft.port}
          onChange={(event) => onChange({ ...draft, port: event.currentTarget.value })}
        />
      </FormGrid>
    </div>
  );
}
