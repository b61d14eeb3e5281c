'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { TextLink } from '../ui/link.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { versionLabel } from './version-label.ts';

const most = 200;

type ServiceProps = { readonly serviceId: string | null; readonly onChoose: (id: string | null) => void };

/** Services of the project by name, each with its environment. */
export function ServicePicker({ serviceId, onChoose }: ServiceProps) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data, isPending } = useQuery(trpc.services.list.queryOptions({ projectId, pageSize: most }));
  const rows = data?.rows ?? [];
  return (
    <SelectField
      label="Service"
      required
      placeholder={isPending ? 'Loading…' : 'Choose a service'}
      value={serviceId ?? ''}
      onChange={(event) => onChoose(event.currentTarget.value || null)}
      options={rows.map((row) => ({
        value: row.id,
        label: `${row.name} in ${row.environment.name}${row.environment.production ? ' (production)' : ''}`,
      }))}
      hint={
        !isPending && rows.length === 0 ? (
          <>
            There is no service yet. <TextLink href="/services/new">Create one</TextLink>.
          </>
        ) : undefined
      }
    />
  );
}

type VersionProps = {
  readonly modelVersionId: string | null;
  /** Name of the model that the service runs now, which is the usual choice. */
  readonly liveModel: string | null;
  /** Without a choice the version that is live stays. */
  readonly mayStay: boolean;
  readonly onChoose: (id: string | null) => void;
};

/** First the model, then one of its newest versions; older ones are reached from their own page. */
export function VersionPicker({ modelVersionId, liveModel, mayStay, onChoose }: VersionProps) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [picked, setPicked] = useState<string | null>(null);
  const models = useQuery(trpc.models.list.queryOptions({ projectId, pageSize: most }));
  const chosen = useQuery({
    ...trpc.modelVersions.get.queryOptions({ modelVersionId: modelVersionId ?? '' }),
    enabled: modelVersionId !== null,
  });
  const modelName = picked ?? chosen.data?.modelName ?? liveModel;
  const model = useQuery({
    ...trpc.models.get.queryOptions({ projectId, name: modelName ?? '', pageSize: most }),
    enabled: modelName !== null,
  });
  const versions = model.data?.versions.rows ?? [];
  const isOlder =
    chosen.data !== undefined &&
    chosen.data.modelName === modelName &&
    !versions.some((row) => row.id === modelVersionId);
  return (
    <>
      <SelectField
        label="Model"
        required
        placeholder={models.isPending ? 'Loading…' : 'Choose a model'}
        value={modelName ?? ''}
        onChange={(event) => {
          setPicked(event.currentTarget.value || null);
          onChoose(null);
        }}
        options={(models.data?.rows ?? []).map((row) => ({ value: row.name, label: row.name }))}
      />
      <SelectField
        label="Version"
        required
        placeholder={
          modelName === null
            ? 'Choose the model first'
            : mayStay
              ? 'The one that is live'
              : 'Choose a version'
        }
        value={modelVersionId ?? ''}
        onChange={(event) => onChoose(event.currentTarget.value || null)}
        options={[
          ...(isOlder && chosen.data !== undefined
            ? [{ value: chosen.data.id, label: String(chosen.data.number) }]
            : []),
          ...versions.map((row) => ({ value: row.id, label: versionLabel(row) })),
        ]}
      />
    </>
  );
}
