'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { draftOfRoute, routeOfDraft } from './route-draft.ts';
import { RouteFields } from './route-fields.tsx';
import type { ServiceDetail } from './service-answers.ts';

type Props = { readonly service: ServiceDetail; readonly disabledReason: string | undefined };

export function RouteDialog({ service, disabledReason }: Props) {
  const trpc = useTrpc();
  const [draft, setDraft] = useState(() => draftOfRoute(service.route));
  return (
    <EditDialog
      options={(extra) => trpc.services.update.mutationOptions(extra)}
      title="Edit route"
      description="Requests that match reach this service as soon as the gateway has accepted it."
      size="medium"
      disabledReason={disabledReason}
      onOpen={() => setDraft(draftOfRoute(service.route))}
      draft={() => {
        const found = routeOfDraft(draft);
        return 'problem' in found ? found : { input: { serviceId: service.id, route: found.route } };
      }}
    >
      <RouteFields draft={draft} onChange={setDraft} />
    </EditDialog>
  );
}
