'use client';

import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { type InstanceRole, instanceRoles } from '../../domain/permission.ts';
import { SecretOnce } from '../settings/secret-once.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';

const words: Record<InstanceRole, string> = {
  admin: 'Registers clusters and accounts, and creates projects.',
  auditor: "Reads the instance's audit trail.",
};

export function CreateUserDialog({ disabledReason }: { disabledReason: string | undefined }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title="Create an account"
      description="You get a link that signs the person in once; they choose a password afterwards."
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="primary" icon={UserPlus} disabledReason={disabledReason}>
          Create an account
        </Button>
      }
    >
      <UserForm onDone={() => setOpen(false)} />
    </Dialog>
  );
}

function UserForm({ onDone }: { onDone: () => void }) {
  const trpc = useTrpc();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [held, setHeld] = useState<InstanceRole[]>([]);
  const [link, setLink] = useState<string | null>(null);
  const create = useCommand((extra) => trpc.users.create.mutationOptions(extra), {
    onDone: (done) => setLink(done.link),
  });
  if (link !== null) return <SecretOnce what={`Sign-in link of ${name}`} secret={link} onDone={onDone} />;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.run({ name, email: email.trim(), instanceRoles: held });
      }}
    >
      <TextField
        label="Name"
        required
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextField
        label="Address"
        type="email"
        required
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">Roles on the instance</legend>
        {instanceRoles.map((role) => (
          <CheckboxField
            key={role}
            label={role}
            hint={words[role]}
            checked={held.includes(role)}
            onChange={(event) =>
              setHeld(
                instanceRoles.filter((each) =>
                  each === role ? event.currentTarget.checked : held.includes(each),
                ),
              )
            }
          />
        ))}
      </fieldset>
      {create.error !== null && <Banner tone="bad" title={create.error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={create.busy}>
          Create
        </Button>
      </FormActions>
    </form>
  );
}
