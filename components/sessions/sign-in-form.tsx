'use client';
import { useState } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { postJson } from './post-json.ts';

type Props = {
  readonly returnTo: string;
  /** Beside a provider's button the form steps back. */
  readonly isSecond: boolean;
};

/** E-mail and password of a local account. */
export function SignInForm({ returnTo, isSecond }: Props) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (form: FormData) => {
    setBusy(true);
    const credentials = { email: form.get('email'), password: form.get('password') };
    const problem = await postJson('/api/session', credentials);
    if (problem === null) return window.location.assign(returnTo);
    setError(problem);
    setBusy(false);
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send(new FormData(event.currentTarget));
      }}
    >
      {error !== null && <Banner tone="bad" title={error} />}
      <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
      <Button variant={isSecond ? 'secondary' : 'primary'} type="submit" busy={busy}>
        Sign in
      </Button>
    </form>
  );
}
