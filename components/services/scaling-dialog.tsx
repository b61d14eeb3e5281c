'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { draftOfScaling, scalingOfDraft } from './scaling-draft.ts';
import { ScalingFields } from './scaling-fields.tsx';
import type { ServiceDetail } from './service-answers.ts';

type Props = { readonly service: ServiceDetail; readonly disabledReason: string | undefined };

export function ScalingDialog({ service, disabledReason }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState(() => draftOfScaling(service.scaling));
  return (
    <EditDialog
      options={(extra) => trpc.services.update.mutationOptions(extra)}
      title="Edit scaling"
      disabledReason={disabledReason}
      onOpen={() => setDraft(draftOfScaling(service.scaling))}
      draft={() => {
        const found = scalingOfDraft(draft);
        return 'problem' in found ? found : { input: { serviceId: service.id, scaling: found.scaling } };
      }}
    >
      <ScalingFields draft={draft} onChange={setDraft} />
    </EditDialog>
  );
}
