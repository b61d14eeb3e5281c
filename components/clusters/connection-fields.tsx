'use client';

import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';

type ConnectionDraft = { readonly serverUrl: string; readonly caPem: string; readonly token: string };
type Props = { readonly draft: ConnectionDraft; readonly onChange: (draft: ConnectionDraft) => void };

/** Address, CA and token of an API server; a token is never shown again, so it is always empty at first. */
export function ConnectionFields({ draft, onChange }: Props) {
  return (
    <>
      <TextField
        label="API server"
        required
        mono
        value={draft.serverUrl}
        placeholder="https://10.0.0.1:6443"
        onChange={(event) => onChange({ ...draft, serverUrl: event.currentTarget.value })}
      />
      <TextAreaField
        label="CA certificate"
        required
        mono
        rows={5}
        value={draft.caPem}
        placeholder="-----BEGIN CERTIFICATE-----"
        onChange={(event) => onChange({ ...draft, caPem: event.currentTarget.value })}
      />
      <TextField
        label="Service account token"
        type="password"
        required
        mono
        autoComplete="off"
        value={draft.token}
        onChange={(event) => onChange({ ...draft, token: event.currentTarget.value })}
      />
    </>
  );
}
