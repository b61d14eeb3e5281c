'use client';

import { CheckboxField } from '../ui/checkbox-field.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { ProviderDraft } from './provider-draft.ts';

type Props = {
  readonly draft: ProviderDraft;
  readonly onChange: (draft: ProviderDraft) => void;
  /** A secret is stored for the issuer and client in use. */
  readonly hasSecret: boolean;
};

type TextKey = 'name' | 'issuer' | 'clientId' | 'clientSecret' | 'scopes' | 'groupsClaim' | 'contact';

/** Where the provider is and as whom Fairlead comes to it. */
export function ProviderFields(props: Props) {
  const { draft, onChange } = props;
  const bound = (key: TextKey | 'sessionHours') => ({
    value: draft[key],
    autoComplete: 'off',
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      onChange({ ...draft, [key]: event.currentTarget.value }),
  });
  return (
    <div className="flex flex-col gap-4">
      <FormGrid>
        <TextField label="Name" required placeholder="Keycloak" hint="On the button." {...bound('name')} />
        <TextField
          label="Issuer"
          required
          mono
          placeholder="https://login.example.com/realms/main"
          hint="Exactly as the provider writes it, without /.well-known/…"
          {...bound('issuer')}
        />
        <TextField label="Client id" required mono {...bound('clientId')} />
        <SecretField {...props} bound={bound('clientSecret')} />
        <TextField
          label="Scopes"
          mono
          hint="Beside openid. Some providers give groups only for a scope of that name."
          {...bound('scopes')}
        />
        <TextField
          label="Claim with the groups"
          mono
          hint="A claim, or a path into one such as realm_access.roles."
          {...bound('groupsClaim')}
        />
        <TextField
          label="Hours that a session lasts"
          required
          inputMode="numeric"
          hint="At the latest after so long, groups are read again. 1 to 168."
          {...bound('sessionHours')}
        />
        <TextField
          label="Whom to ask"
          required={false}
          placeholder="the platform team (#platform)"
          hint="Told to people whose groups give nothing here."
          {...bound('contact')}
        />
      </FormGrid>
      <details open={draft.caPem !== '' || undefined}>
        <summary className="text-accent">A CA of your own</summary>
        <div className="pt-3">
          <TextAreaField
            label="CA certificates (PEM)"
            required={false}
            mono
            hint="If given, they alone are trusted for the provider."
            value={draft.caPem}
            onChange={(event) => onChange({ ...draft, caPem: event.currentTarget.value })}
          />
        </div>
      </details>
      <Switches {...props} />
    </div>
  );
}

type Bound = Pick<React.ComponentProps<typeof TextField>, 'value' | 'autoComplete' | 'onChange'>;

function SecretField({ draft, onChange, hasSecret, bound }: Props & { bound: Bound }) {
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label="Client secret"
        type="password"
        mono
        required={!hasSecret && !draft.isPublicClient}
        disabled={draft.isPublicClient}
        hint={
          hasSecret
            ? 'Set. Leave it empty to keep it; another issuer or client needs it again.'
            : 'Sealed under the key of this instance; nobody can read it back.'
        }
        {...bound}
      />
      <CheckboxField
        label="A public client without a secret"
        checked={draft.isPublicClient}
        onChange={(event) => onChange({ ...draft, isPublicClient: event.currentTarget.checked })}
      />
    </div>
  );
}

function Switches({ draft, onChange }: Props) {
  return (
    <div className="flex flex-col gap-4 border-line border-t pt-4">
      <SwitchField
        label="People may sign in through it"
        hint="Switching it off ends the sessions that came through it."
        checked={draft.enabled}
        onChange={(enabled) => onChange({ ...draft, enabled })}
      />
      <SwitchField
        label="Link local accounts by a verified address"
        hint="The first sign-in then takes over the local account with the same address, if the provider says that it verified it. Otherwise such a sign-in is refused."
        checked={draft.allowLinking}
        onChange={(allowLinking) => onChange({ ...draft, allowLinking })}
      />
      <SwitchField
        label="Hide the local form behind a link"
        hint="Local accounts keep working, also when the provider is down: the form is shown then."
        checked={draft.hideLocalForm}
        onChange={(hideLocalForm) => onChange({ ...draft, hideLocalForm })}
      />
    </div>
  );
}
