import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

export type ProviderAnswer = inferRouterOutputs<AppRouter>['identityProvider']['get'];
type ProviderInput = inferRouterInputs<AppRouter>['identityProvider']['set'];
export type Discovery = inferRouterOutputs<AppRouter>['identityProvider']['tryDiscovery'];

/** The form as it is typed: texts, and a secret that is only ever new. */
export type ProviderDraft = {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly isPublicClient: boolean;
  readonly caPem: string;
  readonly scopes: string;
  readonly groupsClaim: string;
  readonly allowLinking: boolean;
  readonly hideLocalForm: boolean;
  readonly sessionHours: string;
  readonly contact: string;
  readonly enabled: boolean;
};

/** The form of what is stored, or of a new provider. */
export function providerDraft(stored: ProviderAnswer['provider']): ProviderDraft {
  return {
    name: stored?.name ?? '',
    issuer: stored?.issuer ?? '',
    clientId: stored?.clientId ?? '',
    clientSecret: '',
    isPublicClient: stored !== null && !stored.hasSecret,
    caPem: stored?.caPem ?? '',
    scopes: (stored?.scopes ?? ['profile', 'email']).join(' '),
    groupsClaim: stored?.groupsClaim ?? 'groups',
    allowLinking: stored?.allowLinking ?? false,
    hideLocalForm: stored?.hideLocalForm ?? false,
    sessionHours: String(stored?.sessionHours ?? 12),
    contact: stored?.contact ?? '',
    enabled: stored?.enabled ?? true,
  };
}

/** What is sent: an empty secret is left out and so keeps the stored one. */
export function providerInput(draft: ProviderDraft): ProviderInput {
  const { clientSecret, isPublicClient, caPem, contact, ...rest } = draft;
  const secret = isPublicClient ? null : clientSecret === '' ? undefined : clientSecret;
  return {
    ...rest,
    caPem: caPem.trim() === '' ? null : caPem,
    contact: contact.trim() === '' ? null : contact,
    scopes: draft.scopes.split(/[\s,]+/).filter((scope) => scope !== '' && scope !== 'openid'),
    sessionHours: Number(draft.sessionHours),
    ...(secret === undefined ? {} : { clientSecret: secret }),
  };
}

/** Why the form cannot be sent yet, or undefined. */
export function missingPart(draft: ProviderDraft, hasSecret: boolean): string | undefined {
  if (draft.name.trim() === '') return 'Give the provider a name.';
  if (draft.issuer.trim() === '') return 'Give the issuer.';
  if (draft.clientId.trim() === '') return 'Give the client id.';
  if (!draft.isPublicClient && draft.clientSecret === '' && !hasSecret)
    return 'Give the client secret, or say that the client has none.';
  const hours = Number(draft.sessionHours);
  return Number.isInteger(hours) && hours >= 1 && hours <= 168
    ? undefined
    : 'A session lasts 1 to 168 hours.';
}
