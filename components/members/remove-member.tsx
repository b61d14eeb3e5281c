'use client';

import { UserMinus } from 'lucide-react';
import { useState } from 'react';
import { groupMemberRefusal } from '../../domain/group-member.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { useCommand } from '../use-command.ts';
import type { Member } from './member-dialog.tsx';

type Props = { readonly member: Member; readonly disabledReason: string | undefined };

export function RemoveMember({ member, disabledReason }: Props) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [open, setOpen] = useState(false);
  const remove = useCommand((extra) => trpc.members.remove.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  return (
    <>
      <IconButton
        size="small"
        label={`Remove ${member.name}`}
        icon={UserMinus}
        disabledReason={disabledReason ?? groupMemberRefusal(member)?.message}
        onClick={() => setOpen(true)}
      />
      <ConfirmDialog
        title={`Remove ${member.name}?`}
        description={
          member.byGroups.length === 0
            ? 'They no longer see the project, and a signature of theirs no longer counts. The account stays.'
            : `They lose the roles given by hand and keep those that groups give: ${member.byGroups.join(', ')}.`
        }
        confirmLabel="Remove"
        danger
        open={open}
        onOpenChange={(next) => {
          remove.reset();
          setOpen(next);
        }}
        busy={remove.busy}
        error={remove.error ?? undefined}
        onConfirm={() => remove.run({ projectId, userId: member.userId })}
      />
    </>
  );
}
