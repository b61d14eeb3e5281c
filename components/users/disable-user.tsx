'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { useCommand } from '../use-command.ts';

type Props = {
  readonly user: { readonly id: string; readonly name: string };
  readonly isMe: boolean;
};

export function DisableUser({ user, isMe }: Props) {
  const trpc = useTrpc();
  const [open, setOpen] = useState(false);
  const disable = useCommand((extra) => trpc.users.disable.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  return (
    <>
      <Button
        size="small"
        variant="ghost"
        aria-label={`Disable ${user.name}`}
        disabledReason={isMe ? 'You cannot disable yourself.' : undefined}
        onClick={() => setOpen(true)}
      >
        Disable
      </Button>
      <ConfirmDialog
        title={`Disable ${user.name}?`}
        description="Their sessions and tokens end at once, and signatures of theirs no longer count. What they did stays in the audit trail."
        confirmLabel="Disable"
        danger
        open={open}
        onOpenChange={(next) => {
          disable.reset();
          setOpen(next);
        }}
        busy={disable.busy}
        error={disable.error ?? undefined}
        onConfirm={() => disable.run({ userId: user.id })}
      />
    </>
  );
}
