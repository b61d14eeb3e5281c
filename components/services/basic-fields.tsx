'use client';

import { useQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { EnvironmentRow } from './service-answers.ts';
import type { Problems, ServiceDraft } from './service-draft.ts';

type Props = {
  readonly draft: ServiceDraft;
  readonly problems: Problems;
  readonly environments: readonly EnvironmentRow[];
  readonly onChange: (change: Partial<ServiceDraft>) => void;
};

export function BasicFields({ draft, problems, environments, onChange }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const members = useQuery(trpc.members.list.queryOptions({ projectId })).data ?? [];
  return (
    <FormGrid columns={2}>
      <TextField
        label="Name"
        required
        mono
        autoComplete="off"
        placeholder="fraud-detector"
        hint="A DNS label; its objects are named after it."
        error={problems.name}
        value={draft.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <SelectField
        label="Environment"
        required
        placeholder={environments.length === 0 ? 'No environment yet' : undefined}
        options={environments.map((environment) => ({
          value: environment.id,
          label: `${environment.name}${environment.production ? ' (production)' : ''} on ${environment.clusterName}`,
        }))}
        hint="A service never moves to another one."
        error={problems.environmentId}
        value={draft.environmentId}
        onChange={(event) => onChange({ environmentId: event.currentTarget.value })}
      />
      <SelectField
        label="Owner"
        required={false}
        placeholder="Nobody"
        options={members.map(({ userId, name }) => ({ value: userId, label: name }))}
        value={draft.ownerUserId}
        onChange={(event) => onChange({ ownerUserId: event.currentTarget.value })}
      />
      <TextField
        label="Runbook"
        required={false}
        type="url"
        placeholder="https://"
        value={draft.runbook}
        onChange={(event) => onChange({ runbook: event.currentTarget.value })}
      />
    </FormGrid>
  );
}
