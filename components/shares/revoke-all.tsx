'use client';

import { useState } from 'react';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { useCommand } from '../use-command.ts';

export function RevokeAll({ disabledReason }: { disabledReason: string | undefined }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [open, setOpen] = useState(false);
  const revoke = useCommand((extra) => trpc.shares.revokeAll.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  return (
    <>
      <Button variant="danger" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Revoke all
      </Button>
      <ConfirmDialog
        title="Revoke all that is shared?"
        description="Every link, embed and picture of the project closes at once. This cannot be taken back."
        confirmLabel="Revoke all"
        danger
        open={open}
        onOpenChange={(next) => {
          revoke.reset();
          setOpen(next);
        }}
        busy={revoke.busy}
        error={revoke.error ?? undefined}
        onConfirm={() => revoke.run({ projectId })}
      />
    </>
  );
}
