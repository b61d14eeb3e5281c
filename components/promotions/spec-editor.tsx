'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import { errorSentence } from '../refusal-of.ts';
import { artefactOfDraft, draftOfArtefact } from '../services/artefact-draft.ts';
import { ArtefactFields } from '../services/artefact-fields.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Status } from '../ui/status.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';

type Props = {
  readonly serviceId: string;
  readonly modelVersionId: string | null;
  readonly isChanged: boolean;
  readonly onSpec: (spec: ServiceSpec | null) => void;
};

/** The pod template as YAML; what it changes shows below once it is read. */
export function SpecEditor(props: Props) {
  const trpc = useTrpc();
  const { data } = useQuery(trpc.services.get.queryOptions({ serviceId: props.serviceId }));
  return (
    <Panel
      title="Specification"
      description="The pod template as Kubernetes knows it; fields that Fairlead does not know are kept"
      actions={props.isChanged && <Status tone="info" label="Changed, see below" />}
    >
      {data === undefined ? (
        <Skeleton className="h-64 w-full" />
      ) : (
        <SpecForm {...props} present={data.spec} presentYaml={data.specYaml} />
      )}
    </Panel>
  );
}

type FormProps = Props & { readonly present: ServiceSpec; readonly presentYaml: string };

function SpecForm({ serviceId, modelVersionId, onSpec, present, presentYaml }: FormProps) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const [yaml, setYaml] = useState(presentYaml);
  const [delivery, setDelivery] = useState(() => draftOfArtefact(present.artefact));
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const read = async () => {
    const chosen = artefactOfDraft(delivery);
    if ('problem' in chosen) return setProblem(chosen.problem);
    setBusy(true);
    setProblem(null);
    const { servingContainer, port } = present;
    const { artefact } = chosen;
    const version = modelVersionId === null ? {} : { modelVersionId };
    try {
      const answer = await client.fetchQuery(
        trpc.services.changeSpec.queryOptions({
          serviceId,
          spec: { yaml, servingContainer, port, artefact },
          ...version,
        }),
      );
      onSpec(answer.spec);
    } catch (error) {
      setProblem(errorSentence(error));
      onSpec(null);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void read();
      }}
    >
      <TextAreaField
        label="Pod template in YAML"
        mono
        rows={18}
        value={yaml}
        onChange={(event) => setYaml(event.currentTarget.value)}
      />
      <fieldset>
        <legend className="mb-2 font-medium">How the trained files reach the pod</legend>
        <ArtefactFields draft={delivery} problem={undefined} onChange={setDelivery} />
      </fieldset>
      {problem !== null && <Banner tone="bad" title={problem} />}
      <FormActions>
        <Button
          onClick={() => {
            setYaml(presentYaml);
            setDelivery(draftOfArtefact(present.artefact));
            onSpec(null);
          }}
        >
          Take back
        </Button>
        <Button type="submit" variant="primary" busy={busy}>
          Show what this changes
        </Button>
      </FormActions>
    </form>
  );
}
