'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions, FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

const example = `apiVersion: batch/v1
kind: Job
spec:
  activeDeadlineSeconds: 14400
  backoffLimit: 1
  ttlSecondsAfterFinished: 86400
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: train
          image: registry.example.com/train@sha256:…
          env:
            - { name: MODEL, value: "{{model}}" }
            - { name: RETRAIN_ID, value: "{{retrainId}}" }
            - { name: DATA_FROM, value: "{{windowFrom}}" }
            - { name: DATA_TO, value: "{{windowTo}}" }
          resources:
            limits: { nvidia.com/gpu: 1 }
`;

const nothing = { clusterId: '', name: '', yaml: '' };

/** Allows one more object; its text is read and judged by the server. */
export function TemplateForm({ disabledReason }: { disabledReason: string | undefined }) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState(nothing);
  const { data: clusters = [] } = useQuery(trpc.clusters.list.queryOptions());
  const create = useCommand((extra) => trpc.retrainTemplates.create.mutationOptions(extra), {
    onDone: () => setDraft(nothing),
  });
  const clusterId = draft.clusterId === '' ? (clusters[0]?.id ?? '') : draft.clusterId;
  const missing = draft.name.trim() === '' || draft.yaml.trim() === '';
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.run({ ...draft, clusterId });
      }}
    >
      <FormGrid>
        <TextField
          label="Name"
          required
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
        />
        <SelectField
          label="Cluster"
          value={clusterId}
          onChange={(event) => setDraft({ ...draft, clusterId: event.currentTarget.value })}
          options={clusters.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </FormGrid>
      <TextAreaField
        label="Job"
        mono
        required
        rows={16}
        placeholder={example}
        hint="Without name and namespace. activeDeadlineSeconds is required: budgets hold that much. Placeholders: {{retrainId}}, {{model}}, {{modelVersion}}, {{service}}, {{environment}}, {{alert}}, {{windowFrom}}, {{windowTo}}, {{reference}}."
        value={draft.yaml}
        onChange={(event) => setDraft({ ...draft, yaml: event.currentTarget.value })}
      />
      {create.error !== null && <Banner tone="bad" title={create.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={create.busy}
          disabledReason={disabledReason ?? (missing ? 'Give it a name and a text.' : undefined)}
        >
          Allow
        </Button>
      </FormActions>
    </form>
  );
}
