import { FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ArtefactDraft } from './artefact-draft.ts';

type Props = {
  readonly draft: ArtefactDraft;
  readonly problem: string | undefined;
  readonly onChange: (draft: ArtefactDraft) => void;
};

const kinds = [
  { value: 'inImage', label: 'In the serving image' },
  { value: 'ociVolume', label: 'OCI volume' },
  { value: 'initContainer', label: 'Init container' },
  { value: 'storageUri', label: 'Storage URI in a variable' },
] as const;

export function ArtefactFields({ draft, problem, onChange }: Props) {
  const isMounted = draft.kind === 'ociVolume' || draft.kind === 'initContainer';
  return (
    <FormGrid columns={2}>
      <SelectField
        label="Delivery"
        options={kinds}
        value={draft.kind}
        error={problem}
        onChange={(event) => {
          const value = event.currentTarget.value;
          const found = kinds.find((kind) => kind.value === value);
          if (found !== undefined) onChange({ ...draft, kind: found.value });
        }}
      />
      {isMounted && (
        <TextField
          label="Mount path"
          mono
          value={draft.mountPath}
          onChange={(event) => onChange({ ...draft, mountPath: event.currentTarget.value })}
        />
      )}
      {draft.kind === 'initContainer' && (
        <TextField
          label="Loader image, by digest"
          mono
          placeholder="registry/name@sha256:…"
          value={draft.image}
          onChange={(event) => onChange({ ...draft, image: event.currentTarget.value })}
        />
      )}
      {draft.kind === 'initContainer' && (
        <TextField
          label="Check image, by digest"
          mono
          placeholder="registry/fairlead@sha256:…"
          hint="Fairlead's own image: it compares the loaded bytes with the version's digest before the server starts. Empty checks nothing."
          value={draft.checkImage}
          onChange={(event) => onChange({ ...draft, checkImage: event.currentTarget.value })}
        />
      )}
      {draft.kind === 'storageUri' && (
        <TextField
          label="Variable"
          mono
          value={draft.envName}
          onChange={(event) => onChange({ ...draft, envName: event.currentTarget.value })}
        />
      )}
    </FormGrid>
  );
}
