'use client';

import { useQuery } from '@tanstack/react-query';
import { type ComponentProps, useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { draftOfObjectives, objectivesOfDraft } from './objectives-draft.ts';
import { ObjectivesFields } from './objectives-fields.tsx';
import type { ServiceDetail } from './service-answers.ts';

const lookAgainMs = 10_000;
const done = { title: 'Objectives set', body: 'The worker counts their budgets within a minute.' };

type Props = { readonly service: ServiceDetail; readonly disabledReason: string | undefined };

export function ObjectivesDialog({ service, disabledReason }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState(() => draftOfObjectives(service.objectives));
  return (
    <EditDialog
      options={(extra) => trpc.services.setObjectives.mutationOptions(extra)}
      done={done}
      title="Edit the objectives"
      description="Counted over 28 days. An empty target sets none."
      disabledReason={disabledReason}
      onOpen={() => setDraft(draftOfObjectives(service.objectives))}
      draft={() => {
        const found = objectivesOfDraft(draft);
        return 'problem' in found
          ? found
          : { input: { serviceId: service.id, objectives: found.objectives } };
      }}
    >
      <Fields serviceId={service.id} draft={draft} onChange={setDraft} />
    </EditDialog>
  );
}

type FieldsProps = Omit<ComponentProps<typeof ObjectivesFields>, 'boundariesMs'> & {
  readonly serviceId: string;
};

/** The boundaries come with the first counted requests, which may be while somebody looks. */
function Fields({ serviceId, draft, onChange }: FieldsProps) {
  const trpc = useTrpc();
  const known = useQuery({
    ...trpc.services.objectives.queryOptions({ serviceId }),
    refetchInterval: ({ state }) => (state.data?.boundariesMs.length === 0 ? lookAgainMs : false),
  });
  return <ObjectivesFields draft={draft} onChange={onChange} boundariesMs={known.data?.boundariesMs ?? []} />;
}
