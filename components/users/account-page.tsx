'use client';

import { useState } from 'react';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../use-command.ts';

/** What belongs to the person who is signed in. */
export function AccountPage() {
  const { viewer } = useProject();
  const [round, setRound] = useState(0);
  return (
    <Page>
      <PageHeader title={viewer.name} crumb="Account" />
      <Panel title="Password" description="Changing it ends your other sessions">
        <div className="max-w-md">
          <PasswordForm key={round} onDone={() => setRound(round + 1)} />
        </div>
      </Panel>
    </Page>
  );
}

function PasswordForm({ onDone }: { onDone: () => void }) {
  const trpc = useTrpc();
  const show = useToast();
  const [present, setPresent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [isTried, setTried] = useState(false);
  const change = useCommand((extra) => trpc.users.changePassword.mutationOptions(extra), {
    onDone: () => {
      show({ tone: 'ok', title: 'Your password is changed', body: 'Your other sessions have ended.' });
      onDone();
    },
  });
  const isShort = next.length < 12;
  const differs = next !== again;
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!isShort && !differs) change.run({ present: present === '' ? null : present, next });
      }}
    >
      <TextField
        label="Present password"
        type="password"
        autoComplete="current-password"
        required={false}
        value={present}
        hint="Leave it empty if you came by a link and have none yet."
        onChange={(event) => setPresent(event.currentTarget.value)}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        value={next}
        hint="At least 12 characters."
        error={isTried && isShort ? 'Use at least 12 characters.' : undefined}
        onChange={(event) => setNext(event.currentTarget.value)}
      />
      <TextField
        label="New password again"
        type="password"
        autoComplete="new-password"
        required
        value={again}
        error={isTried && differs ? 'The two are not the same.' : undefined}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
      {change.error !== null && <Banner tone="bad" title={change.error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={change.busy}>
          Change the password
        </Button>
      </FormActions>
    </form>
  );
}
