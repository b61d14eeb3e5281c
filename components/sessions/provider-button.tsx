'use client';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { askJson } from './post-json.ts';

type Props = {
  readonly name: string;
  readonly returnTo: string;
  /** Hears that the provider did not answer, so that the local form can be shown. */
  readonly onProblem: () => void;
};

/** Leaves for the identity provider; our server keeps what the way back is checked against. */
export function ProviderButton({ name, returnTo, onProblem }: Props) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const leave = async () => {
    setBusy(true);
    const outcome = await askJson('/api/session/provider', { returnTo });
    if (outcome.problem === null)
      return window.location.assign((outcome.answer as { readonly url: string }).url);
    setError(outcome.problem);
    setBusy(false);
    onProblem();
  };
  return (
    <>
      {error !== null && <Banner tone="bad" title={error} />}
      <Button variant="primary" icon={KeyRound} busy={busy} onClick={() => void leave()}>
        Sign in with {name}
      </Button>
    </>
  );
}
