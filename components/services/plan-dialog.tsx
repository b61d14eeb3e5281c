'use client';

import { useState } from 'react';
import { draftOfPlan, planOfDraft } from '../rollouts/plan-draft.ts';
import { PlanEditor } from '../rollouts/plan-editor.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { EditDialog } from './edit-dialog.tsx';
import type { ServiceDetail } from './service-answers.ts';

type Props = { readonly service: ServiceDetail; readonly disabledReason: string | undefined };

export function PlanDialog({ service, disabledReason }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState(() => draftOfPlan(service.defaultPlan));
  return (
    <EditDialog
      options={(extra) => trpc.services.update.mutationOptions(extra)}
      title="Edit the default rollout plan"
      description="Promotions that were asked for keep the plan that was signed."
      size="large"
      disabledReason={disabledReason}
      onOpen={() => setDraft(draftOfPlan(service.defaultPlan))}
      draft={() => {
        const found = planOfDraft(draft);
        return 'problem' in found ? found : { input: { serviceId: service.id, defaultPlan: found.plan } };
      }}
    >
      <PlanEditor draft={draft} onChange={setDraft} />
    </EditDialog>
  );
}
