'use client';

import type { inferRouterOutputs } from '@trpc/server';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { type Role, roles } from '../../domain/permission.ts';
import type { AppRouter } from '../../server/trpc/root.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { AddOrChangeDialog } from '../ui/add-or-change-dialog.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { RoleChoice } from './role-choice.tsx';

export type Member = inferRouterOutputs<AppRouter>['members']['list'][number];

type Props = { readonly member: Member | null; readonly disabledReason: string | undefined };

/** Adds a person (null) or changes the roles of one. */
export function MemberDialog({ member, disabledReason }: Props) {
  return (
    <AddOrChangeDialog
      title={member === null ? 'Add a member' : `Roles of ${member.name}`}
      button={
        member === null
          ? { label: 'Add a member', icon: UserPlus }
          : { label: 'Roles', spoken: `Change the roles of ${member.name}` }
      }
      disabledReason={disabledReason}
    >
      {(close) => <MemberForm member={member} onDone={close} />}
    </AddOrChangeDialog>
  );
}

function MemberForm({ member, onDone }: { member: Member | null; onDone: () => void }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [email, setEmail] = useState(member?.email ?? '');
  const [chosen, setChosen] = useState<Role[]>(
    member === null ? ['viewer'] : roles.filter((role) => member.byHand.includes(role)),
  );
  const set = useCommand((extra) => trpc.members.set.mutationOptions(extra), { onDone });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        set.run({ projectId, email: email.trim(), roles: chosen });
      }}
    >
      {member === null && (
        <TextField
          label="Address"
          type="email"
          required
          autoComplete="off"
          value={email}
          hint="Of an account on this instance. An admin of the instance creates accounts."
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      )}
      {member !== null && member.byGroups.length > 0 && (
        <p className="text-ink-muted">
          By groups of the identity provider they hold {member.byGroups.join(', ')}; what is ticked here comes
          on top.
        </p>
      )}
      <RoleChoice label="Roles" options={roles} chosen={chosen} onChange={setChosen} />
      {set.error !== null && <Banner tone="bad" title={set.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={set.busy}
          disabledReason={chosen.length === 0 ? 'Choose at least one role.' : undefined}
        >
          {member === null ? 'Add' : 'Save'}
        </Button>
      </FormActions>
    </form>
  );
}
