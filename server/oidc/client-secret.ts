import { DomainError } from '../../domain/refusal.ts';
import { type InstanceKey, openSecret } from '../instance-key.ts';
import { clientSecretPlace } from '../rows/identity-provider.ts';

type Sealed = {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly sealedSecret: string | null;
};

/** The client secret to send; null for a public client. Throws when the key that sealed it is gone. */
export function clientSecretOf(keys: readonly InstanceKey[], provider: Sealed): string | null {
  if (provider.sealedSecret === null) return null;
  const secret = openSecret(keys, provider.sealedSecret, clientSecretPlace(provider));
  if (secret !== null) return secret;
  throw new DomainError({
    code: 'providerRefused',
    message: 'The stored client secret cannot be opened: it was sealed under another INSTANCE_KEY.',
    fix: 'An admin signs in with a local account and enters it again under Settings → Sign-in.',
  });
}
