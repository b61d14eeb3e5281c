'use client';

import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import type { ShareOwner } from './shared-charts.ts';
import { useRevokeAll } from './use-share-commands.ts';

type Props = { readonly owner: ShareOwner; readonly disabledReason: string | undefined };

export function RevokeAll({ owner, disabledReason }: Props) {
  const [open, setOpen] = useState(false);
  const revoke = useRevokeAll(owner, () => setOpen(false));
  const ofInstance = owner === 'instance';
  return (
    <>
      <Button variant="danger" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        {ofInstance ? 'Revoke all of the instance' : 'Revoke all'}
      </Button>
      <ConfirmDialog
        title={ofInstance ? 'Revoke all that the instance shares?' : 'Revoke all that is shared?'}
        description={`Every link, embed and picture of the ${owner} closes at once. This cannot be taken back.`}
        confirmLabel="Revoke all"
        danger
        open={open}
        onOpenChange={(next) => {
          revoke.reset();
          setOpen(next);
        }}
        busy={revoke.busy}
        error={revoke.error ?? undefined}
        onConfirm={() => revoke.run()}
      />
    </>
  );
}
