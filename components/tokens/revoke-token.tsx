'use client';

import { useState } from 'react';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { useCommand } from '../use-command.ts';

type Props = { readonly token: { readonly id: string; readonly name: string } };

export function RevokeToken({ token }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [open, setOpen] = useState(false);
  const revoke = useCommand((extra) => trpc.tokens.revoke.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  return (
    <>
      <Button size="small" variant="ghost" aria-label={`Revoke ${token.name}`} onClick={() => setOpen(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        title={`Revoke ${token.name}?`}
        description="Whatever uses it is refused from now on. This cannot be taken back; make a new token instead."
        confirmLabel="Revoke"
        danger
        open={open}
        onOpenChange={(next) => {
          revoke.reset();
          setOpen(next);
        }}
        busy={revoke.busy}
        error={revoke.error ?? undefined}
        onConfirm={() => revoke.run({ projectId, tokenId: token.id })}
      />
    </>
  );
}
