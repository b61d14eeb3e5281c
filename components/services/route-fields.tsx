'use client';

import { FormGrid } from '../ui/form-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { RouteDraft } from './route-draft.ts';

type Props = { readonly draft: RouteDraft; readonly onChange: (draft: RouteDraft) => void };

export function RouteFields({ draft, onChange }: Props) {
  return (
    <FormGrid columns={2}>
      <TextField
        label="Hostnames"
        required={false}
        hint="Separated by commas; none means the environment's."
        value={draft.hostnames}
        onChange={(event) => onChange({ ...draft, hostnames: event.currentTarget.value })}
      />
      <TextField
        label="Path prefix"
        mono
        value={draft.pathPrefix}
        onChange={(event) => onChange({ ...draft, pathPrefix: event.currentTarget.value })}
      />
    </FormGrid>
  );
}
