'use client';

import { useState } from 'react';
import { clusterManifest } from '../../domain/cluster-manifest.ts';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { namespacesOf } from './cluster-words.ts';

type NamespaceDraft = { readonly watched: string; readonly managed: string };
type Props = {
  readonly home: string;
  readonly draft: NamespaceDraft;
  readonly onChange: (draft: NamespaceDraft) => void;
};

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Which namespaces may be read and which written, and the manifest that grants exactly this. */
export function RightsFields({ home, draft, onChange }: Props) {
  const [logs, setLogs] = useState(false);
  const [metering, setMetering] = useState(true);
  const [training, setTraining] = useState(false);
  const namespaces = namespacesOf(draft);
  const wrong = [home, ...namespaces.map(({ name }) => name)].filter((name) => !label.test(name));
  return (
    <div className="flex flex-col gap-4">
      <FormGrid>
        <TextField
          label="Namespaces to watch"
          required={false}
          mono
          value={draft.watched}
          placeholder="fraud, search"
          hint="Only read: nothing there can be changed."
          onChange={(event) => onChange({ ...draft, watched: event.currentTarget.value })}
        />
        <TextField
          label="Namespaces to manage"
          required={false}
          mono
          value={draft.managed}
          placeholder="fraud-serving"
          hint="Read, and written where Fairlead manages a service."
          onChange={(event) => onChange({ ...draft, managed: event.currentTarget.value })}
        />
      </FormGrid>
      <CheckboxField
        label="Logs of pods may be read, too"
        checked={logs}
        onChange={(event) => setLogs(event.currentTarget.checked)}
      />
      <CheckboxField
        label="GPUs and cost of the whole cluster may be metered"
        checked={metering}
        onChange={(event) => setMetering(event.currentTarget.checked)}
      />
      <CheckboxField
        label="Trainings may be started as Jobs in managed namespaces"
        checked={training}
        onChange={(event) => setTraining(event.currentTarget.checked)}
      />
      {wrong.length > 0 ? (
        <p role="alert" className="text-bad">
          {wrong.join(', ')}: a namespace has lowercase letters, digits and "-".
        </p>
      ) : (
        <CodeBlock
          label="manifest for kubectl apply -f"
          maxHeight="20rem"
          text={clusterManifest({ home, namespaces, logs, metering, training })}
        />
      )}
    </div>
  );
}
