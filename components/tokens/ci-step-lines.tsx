'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type CiStep, githubStep, shellStep } from '../../domain/ci-step.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';

const ways = [
  { value: 'github', label: 'GitHub Actions' },
  { value: 'shell', label: 'Shell' },
] as const;
type Way = (typeof ways)[number]['value'];

const hints: Record<Way, string> = {
  github: 'Store the token as the secret FAIRLEAD_TOKEN of the repository; the steps go into a job.',
  shell: 'Put the token into FAIRLEAD_TOKEN from your secret store; Node 20 or newer is all that is needed.',
};

/** Lines that a pipeline may take as they are: register, ask for promotion, wait for the end. */
export function CiStepLines() {
  const [way, setWay] = useState<Way>('github');
  const { step, model, artefact, source, services, choose } = useCiStep();
  return (
    <section aria-label="Use it in a pipeline" className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium">Use it in a pipeline</h3>
        <Segmented label="Kind of pipeline" value={way} onChange={setWay} options={ways} />
      </div>
      <FormGrid columns={2}>
        <TextField
          label="Model"
          value={model.value}
          onChange={(event) => model.set(event.currentTarget.value)}
        />
        <SelectField
          label="Service"
          value={services.chosen}
          options={services.options}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        <TextField
          label="Folder or file of the artefact"
          mono
          value={artefact.value}
          onChange={(event) => artefact.set(event.currentTarget.value)}
        />
        <TextField
          label="Where it is stored"
          mono
          value={source.value}
          onChange={(event) => source.set(event.currentTarget.value)}
        />
      </FormGrid>
      <p className="text-ink-muted text-xs">{hints[way]}</p>
      <CodeBlock
        label={way === 'github' ? 'Steps for GitHub Actions' : 'Lines for a shell'}
        text={way === 'github' ? githubStep(step) : shellStep(step)}
        wrap
      />
    </section>
  );
}

/** What the lines are filled in with: a live service of the project and its model, until somebody types otherwise. */
function useCiStep() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useQuery(trpc.services.list.queryOptions({ projectId, pageSize: 200 }));
  const [chosen, setChosen] = useState<string | null>(null);
  const [typedModel, setModel] = useState<string | null>(null);
  const [artefact, setArtefact] = useState('./model');
  const [typedSource, setSource] = useState<string | null>(null);
  const rows = (data?.rows ?? []).filter((row) => row.mode === 'managed');
  const service = rows.find((row) => row.id === chosen) ?? rows[0];
  const model = typedModel ?? service?.stable?.modelName ?? 'my-model';
  const source = typedSource ?? `s3://models/${encodeURIComponent(model)}`;
  const step: CiStep = {
    url: window.location.origin,
    model,
    artefact,
    source,
    service: service?.name ?? 'my-service',
    environment: service?.environment.name ?? 'production',
  };
  return {
    step,
    model: { value: model, set: setModel },
    artefact: { value: artefact, set: setArtefact },
    source: { value: source, set: setSource },
    services: {
      chosen: service?.id ?? '',
      options:
        rows.length === 0
          ? [{ value: '', label: 'No service yet' }]
          : rows.map((row) => ({ value: row.id, label: `${row.name} in ${row.environment.name}` })),
    },
    choose: setChosen,
  };
}
