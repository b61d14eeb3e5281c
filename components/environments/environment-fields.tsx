'use client';

import { useQuery } from '@tanstack/react-query';
import type { ChangeEvent } from 'react';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { EnvironmentRow } from './environment-answers.ts';
import type { FieldsProps } from './environment-draft.ts';
import { MetricsPanel, type Trial } from './metrics-panel.tsx';

type TextKey =
  | 'name'
  | 'groupName'
  | 'namespace'
  | 'gatewayName'
  | 'gatewayNamespace'
  | 'sectionName'
  | 'hostnames';

function bound({ draft, onChange }: FieldsProps, key: TextKey) {
  return {
    value: draft[key],
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onChange({ ...draft, [key]: event.currentTarget.value }),
  };
}

type Props = FieldsProps & { readonly present: EnvironmentRow | null; readonly trial: Trial };

export function EnvironmentFields({ present, trial, ...props }: Props) {
  const { draft, onChange } = props;
  const isNew = present === null;
  return (
    <>
      <Panel title="Names">
        <div className="flex flex-col gap-4">
          <FormGrid>
            <TextField label="Name" required placeholder="production" {...bound(props, 'name')} />
            <TextField label="Group" required={false} placeholder="Europe" {...bound(props, 'groupName')} />
          </FormGrid>
          <SwitchField
            label="This is production"
            hint="It is marked on every page that shows it."
            checked={draft.production}
            onChange={(production) => onChange({ ...draft, production })}
          />
        </div>
      </Panel>
      <PlacePanel {...props} isNew={isNew} />
      <Panel
        title="Where traffic enters"
        description="The Gateway to which the services' routes are attached"
      >
        <div className="flex flex-col gap-4">
          <FormGrid columns={3}>
            <TextField label="Gateway" required {...bound(props, 'gatewayName')} />
            <TextField label="Its namespace" required {...bound(props, 'gatewayNamespace')} />
            <TextField label="Listener" required={false} {...bound(props, 'sectionName')} />
          </FormGrid>
          <TextAreaField
            label="Hostnames"
            required={false}
            rows={2}
            mono
            placeholder="models.example.com"
            hint="One a line; a service may narrow them."
            {...bound(props, 'hostnames')}
          />
        </div>
      </Panel>
      <MetricsPanel
        present={present}
        namespace={draft.namespace}
        draft={draft.metrics}
        onChange={(metrics) => onChange({ ...draft, metrics })}
        trial={trial}
      />
      <PolicyPanel {...props} />
    </>
  );
}

function PlacePanel({ isNew, ...props }: FieldsProps & { isNew: boolean }) {
  const { draft, onChange } = props;
  const trpc = useTrpc();
  const { data = [] } = useQuery(trpc.clusters.list.queryOptions());
  const choose = (clusterId: string) => {
    const isSandbox = data.find((cluster) => cluster.id === clusterId)?.kind === 'sandbox';
    onChange({
      ...draft,
      clusterId,
      metrics: {
        ...draft.metrics,
        kind: isSandbox ? 'sandbox' : draft.metrics.kind === 'sandbox' ? 'none' : draft.metrics.kind,
      },
    });
  };
  return (
    <Panel
      title="Place"
      description={
        isNew ? 'Cluster and namespace never change afterwards' : 'Cluster and namespace never change'
      }
    >
      <FormGrid>
        <SelectField
          label="Cluster"
          required
          disabled={!isNew}
          placeholder="Choose a cluster"
          value={draft.clusterId}
          onChange={(event) => choose(event.currentTarget.value)}
          options={data.map((cluster) => ({
            value: cluster.id,
            label: cluster.kind === 'sandbox' ? `${cluster.name} (sandbox)` : cluster.name,
          }))}
        />
        <TextField label="Namespace" required readOnly={!isNew} {...bound(props, 'namespace')} />
      </FormGrid>
    </Panel>
  );
}

function PolicyPanel({ draft, onChange }: FieldsProps) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data = [] } = useQuery(trpc.policies.list.queryOptions({ projectId }));
  return (
    <Panel title="Policy">
      <SelectField
        label="Policy that changes follow"
        required
        placeholder="Choose a policy"
        value={draft.policyId}
        onChange={(event) => onChange({ ...draft, policyId: event.currentTarget.value })}
        options={data.map((policy) => ({ value: policy.id, label: policy.name }))}
        hint={
          <>
            Policies are made <TextLink href="/settings/policies">in their own section</TextLink>.
          </>
        }
      />
    </Panel>
  );
}
