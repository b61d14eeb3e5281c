'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import { RoleChoice } from '../members/role-choice.tsx';
import { useProject } from '../project/project-context.tsx';
import { SecretOnce } from '../settings/secret-once.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { CiStepLines } from './ci-step-lines.tsx';
import { mayRegister } from './token-standing.ts';

const tokenRoles = ['viewer', 'engineer', 'operator'] as const;
type TokenRole = (typeof tokenRoles)[number];

export function CreateTokenDialog({ disabledReason }: { disabledReason: string | undefined }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title="Create an API token"
      open={open}
      onOpenChange={setOpen}
      size="large"
      trigger={
        <Button variant="primary" icon={Plus} disabledReason={disabledReason}>
          Create a token
        </Button>
      }
    >
      <TokenForm onDone={() => setOpen(false)} />
    </Dialog>
  );
}

function TokenForm({ onDone }: { onDone: () => void }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<TokenRole[]>(['engineer']);
  const [days, setDays] = useState('90');
  const [secret, setSecret] = useState<string | null>(null);
  const create = useCommand((extra) => trpc.tokens.create.mutationOptions(extra), {
    onDone: (done) => setSecret(done.secret),
  });
  if (secret !== null)
    return (
      <SecretOnce what={`The secret of ${name}`} secret={secret} onDone={onDone}>
        {mayRegister(chosen) && <CiStepLines />}
      </SecretOnce>
    );
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        create.run({ projectId, name, roles: chosen, expiresInDays: days === '' ? null : Number(days) });
      }}
    >
      <TextField
        label="Name"
        required
        autoComplete="off"
        value={name}
        placeholder="training pipeline"
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleChoice label="Roles" options={tokenRoles} chosen={chosen} onChange={setChosen} />
      <SelectField
        label="Expires"
        value={days}
        onChange={(event) => setDays(event.currentTarget.value)}
        options={[
          { value: '7', label: 'in 7 days' },
          { value: '30', label: 'in 30 days' },
          { value: '90', label: 'in 90 days' },
          { value: '365', label: 'in a year' },
          { value: '', label: 'never' },
        ]}
      />
      {create.error !== null && <Banner tone="bad" title={create.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={create.busy}
          disabledReason={chosen.length === 0 ? 'Choose at least one role.' : undefined}
        >
          Create
        </Button>
      </FormActions>
    </form>
  );
}
