'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { EditDialog } from './edit-dialog.tsx';
import type { ServiceDetail } from './service-answers.ts';

type Props = { readonly service: ServiceDetail; readonly disabledReason: string | undefined };

/** Who looks after the Service, and what they read first. */
export function OwnerDialog({ service, disabledReason }: Props) {
  const trpc = useTrpc();
  const [ownerUserId, setOwner] = useState(service.owner?.id ?? '');
  const [runbook, setRunbook] = useState(service.runbookUrl ?? '');
  const members = useQuery(trpc.members.list.queryOptions({ projectId: service.projectId }));
  return (
    <EditDialog
      options={(extra) => trpc.services.update.mutationOptions(extra)}
      title="Edit owner and runbook"
      disabledReason={disabledReason}
      onOpen={() => {
        setOwner(service.owner?.id ?? '');
        setRunbook(service.runbookUrl ?? '');
      }}
      draft={() => ({
        input: {
          serviceId: service.id,
          ownerUserId: ownerUserId === '' ? null : ownerUserId,
          runbookUrl: runbook.trim() === '' ? null : runbook.trim(),
        },
      })}
    >
      <SelectField
        label="Owner"
        placeholder="Nobody"
        options={(members.data ?? []).map(({ userId, name }) => ({ value: userId, label: name }))}
        value={ownerUserId}
        onChange={(event) => setOwner(event.currentTarget.value)}
      />
      <TextField
        label="Runbook"
        required={false}
        type="url"
        placeholder="https://"
        value={runbook}
        onChange={(event) => setRunbook(event.currentTarget.value)}
      />
    </EditDialog>
  );
}
