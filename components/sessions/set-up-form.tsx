'use client';
import { useState } from 'react';
import { AuthCard } from '../shell/auth-card.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { postJson } from './post-json.ts';

/** The first person of an instance: opened by the one-time link that the first start printed. */
export function SetUpForm() {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (form: FormData) => {
    setBusy(true);
    const link = new URLSearchParams(window.location.hash.slice(1)).get('link') ?? '';
    const problem = await postJson('/api/set-up', {
      link,
      name: form.get('name'),
      email: form.get('email'),
      password: form.get('password'),
    });
    if (problem === null) return window.location.assign('/');
    setError(problem);
    setBusy(false);
  };
  return (
    <AuthCard title="Set up Fairlead" description="You become the first admin of this instance.">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void send(new FormData(event.currentTarget));
        }}
      >
        {error !== null && <Banner tone="bad" title={error} />}
        <TextField label="Your name" name="name" autoComplete="name" required />
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="At least 12 characters."
          required
        />
        <Button variant="primary" type="submit" busy={busy}>
          Create the admin
        </Button>
      </form>
    </AuthCard>
  );
}
