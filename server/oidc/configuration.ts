import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  clockSkew,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  type ServerMetadata,
} from 'openid-client';
import type { Queries } from '../../db/client.ts';
import { clockToleranceSeconds } from '../../domain/clock-skew.ts';
import { issuerRefusal } from '../../domain/identity-provider.ts';
import { DomainError } from '../../domain/refusal.ts';
import type { UrlRules } from '../egress/url-rules.ts';
import { userEgressRules } from '../rows/egress-allowances.ts';
import { providerTimeoutMs, withEgress } from './egress-fetch.ts';
import { missingMetadata } from './metadata.ts';
import { providerRefusal } from './provider-refusal.ts';

/** What is needed to call a provider. */
export type ProviderAddress = {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly caPem: string | null;
};

/** Rules for a provider: public hosts and those that an instance admin allowed; http only where the issuer may be http. */
async function rulesFor(
  db: Queries,
  { issuer, caPem }: ProviderAddress,
): Promise<UrlRules & { caPem?: string }> {
  const rules = await userEgressRules(db, issuer.startsWith('http:') ? ['https', 'http'] : ['https']);
  const refused = issuerRefusal(issuer, rules.allowances ?? []);
  if (refused !== null)
    throw new DomainError({
      code: 'invalidInput',
      message: `issuer: ${refused}`,
      params: { field: 'issuer' },
    });
  return { ...rules, ...(caPem === null ? {} : { caPem }) };
}

function extensions(issuer: string) {
  return issuer.startsWith('http:') ? [allowInsecureRequests] : [];
}

/** Reads the provider's discovery document anew; throws a DomainError whose sentence says what is wrong. */
export async function discover(db: Queries, provider: ProviderAddress): Promise<ServerMetadata> {
  const rules = await rulesFor(db, provider);
  return await withEgress(rules, async (fetch) => {
    const found = await discovery(new URL(provider.issuer), provider.clientId, undefined, None(), {
      [customFetch]: fetch,
      timeout: providerTimeoutMs / 1000,
      execute: extensions(provider.issuer),
    }).catch((error: unknown) => {
      throw providerRefusal(error, { name: provider.name, now: new Date() });
    });
    const metadata = found.serverMetadata();
    const missing = missingMetadata(metadata);
    if (missing !== null)
      throw new DomainError({
        code: 'providerRefused',
        message: `${provider.name} ${missing}`,
        fix: 'Ask whoever runs the provider.',
      });
    return metadata;
  });
}

const keepMs = 30_000;
const keepFailureMs = 10_000;
type Kept = { readonly metadata: Promise<ServerMetadata>; until: number };
const kept = new Map<string, Kept>();

type KnownProvider = ProviderAddress & { readonly id: string; readonly updatedAt: Date };

/**
 * The discovery document, kept for half a minute, a failure for ten seconds: sign-in pages do not multiply requests.
 * `isFresh` asks anew, so that nobody is sent to a provider that is down.
 */
export async function discovered(
  db: Queries,
  provider: KnownProvider,
  { isFresh = false }: { readonly isFresh?: boolean } = {},
): Promise<ServerMetadata> {
  const key = `${provider.id} ${provider.updatedAt.toISOString()}`;
  const present = kept.get(key);
  if (!isFresh && present !== undefined && present.until > performance.now()) return await present.metadata;
  // One provider at a time: a changed one leaves nothing behind.
  kept.clear();
  const entry: Kept = { metadata: discover(db, provider), until: performance.now() + keepMs };
  kept.set(key, entry);
  try {
    return await entry.metadata;
  } catch (error) {
    entry.until = performance.now() + keepFailureMs;
    throw error;
  }
}

type Access = {
  readonly db: Queries;
  readonly provider: KnownProvider;
  readonly secret: string | null;
  /** The database's clock, against which tokens are judged. */
  readonly now: Date;
  /** Reads the discovery document anew. */
  readonly isFresh?: boolean;
};

/** Runs with a client of the provider that checks signatures and clocks; every failure is a DomainError with a sentence. */
export async function withProvider<Result>(
  { db, provider, secret, now, isFresh = false }: Access,
  run: (configuration: Configuration) => Promise<Result>,
): Promise<Result> {
  const metadata = await discovered(db, provider, { isFresh });
  return await withEgress(await rulesFor(db, provider), async (fetch) => {
    const ahead = Math.round((now.getTime() - Date.now()) / 1000);
    const client = { [clockSkew]: ahead, [clockTolerance]: clockToleranceSeconds };
    const configuration = new Configuration(
      metadata,
      provider.clientId,
      client,
      clientAuthentication(metadata, secret),
    );
    configuration[customFetch] = fetch;
    configuration.timeout = providerTimeoutMs / 1000;
    for (const extension of extensions(provider.issuer)) extension(configuration);
    enableNonRepudiationChecks(configuration);
    return await run(configuration).catch((error: unknown) => {
      throw providerRefusal(error, { name: provider.name, now });
    });
  });
}

/** The method that RFC 8414 makes the default when the provider names none, else the first of ours that it takes. */
function clientAuthentication(metadata: ServerMetadata, secret: string | null) {
  if (secret === null) return None();
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret);
}
