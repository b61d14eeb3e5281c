'use client';

import type { ReactNode } from 'react';
import type { useCommand } from '../use-command.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

type RemoveDialogProps = {
  readonly title: string;
  readonly description: ReactNode;
  readonly command: Pick<ReturnType<typeof useCommand>, 'busy' | 'error' | 'reset'>;
  readonly onConfirm: () => void;
  readonly trigger: ReactNode;
};

/** Asks before something is removed from a list, which takes this dialog with it. */
export function RemoveDialog({ command, ...rest }: RemoveDialogProps) {
  return (
    <ConfirmDialog
      {...rest}
      confirmLabel="Remove"
      danger
      onOpenChange={command.reset}
      busy={command.busy}
      error={command.error ?? undefined}
    />
  );
}
