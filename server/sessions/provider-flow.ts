import { and, eq, isNull, sql } from 'drizzle-orm';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client';
import type { Database } from '../../db/client.ts';
import { signInFlow } from '../../db/schema/identity-providers.ts';
import { DomainError, type Refusal, refusal } from '../../domain/refusal.ts';
import { refusalSchema } from '../../domain/refusal-schema.ts';
import { returnPath } from '../../domain/return-path.ts';
import type { Clock } from '../clock.ts';
import { newId } from '../id.ts';
import type { InstanceKey } from '../instance-key.ts';
import { log } from '../log.ts';
import { clientSecretOf } from '../oidc/client-secret.ts';
import { withProvider } from '../oidc/configuration.ts';
import { tokenTimeRefusal } from '../oidc/provider-refusal.ts';
import { countAttempt } from '../rate-limit.ts';
import { type StoredProvider, storedProvider } from '../rows/identity-provider.ts';
import { newSecret, secretHash } from '../secret.ts';
import { callbackPath } from '../sign-in-callback.ts';
import { admitPerson } from './admit-person.ts';
import { type ProviderPerson, providerPerson } from './provider-claims.ts';
import type { NewSession } from './sign-in.ts';

/** A person has so long to sign in at the provider. */
export const flowMinutes = 10;

export type ProviderSignIn = {
  readonly db: Database;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly instanceKeys: readonly InstanceKey[];
};

/** The provider that people may sign in through; throws when there is none or it is switched off. */
async function enabledProvider(db: Database): Promise<StoredProvider> {
  const provider = await storedProvider(db);
  if (provider?.enabled !== true)
    throw new DomainError({
      code: 'wrongState',
      message: 'There is no identity provider to sign in with.',
      fix: 'Sign in with a local account.',
    });
  return provider;
}

/**
 * Begins a sign-in: keeps state, nonce and PKCE verifier for ten minutes, bound to the browser's secret, and answers with
 * the provider's address to go to. Limited per address as wrong passwords are.
 */
export async function beginProviderSignIn(
  deps: ProviderSignIn,
  input: { returnTo: string | null; browser: string; address: string },
): Promise<{ url: string }> {
  await countAttempt(deps.db, [{ key: `sign-in:provider:${input.address}`, limit: 100 }]);
  const provider = await enabledProvider(deps.db);
  const secret = clientSecretOf(deps.instanceKeys, provider);
  const [state, nonce, codeVerifier] = [newSecret(), randomNonce(), randomPKCECodeVerifier()];
  const challenge = await calculatePKCECodeChallenge(codeVerifier);
  const now = await deps.clock(deps.db);
  const access = { db: deps.db, provider, secret, now, isFresh: true };
  const url = await withProvider(access, async (configuration) =>
    buildAuthorizationUrl(configuration, {
      redirect_uri: `${deps.publicUrl}${callbackPath}`,
      scope: [...new Set(['openid', ...provider.scopes])].join(' '),
      code_challenge: challenge,
      code_challenge_method: 'S256',
      state,
      nonce,
    }),
  );
  await deps.db.insert(signInFlow).values({
    id: newId(),
    stateHash: secretHash(state),
    browserHash: secretHash(input.browser),
    providerId: provider.id,
    nonce,
    codeVerifier,
    returnTo: returnPath(input.returnTo),
    expiresAt: sql`clock_timestamp() + make_interval(mins => ${flowMinutes}::int)`,
  });
  return { url: url.href };
}

type Flow = typeof signInFlow.$inferSelect;
export type FlowEnd =
  | { readonly kind: 'in'; readonly session: NewSession; readonly returnTo: string; readonly hours: number }
  /** `flowId` leads its browser to the sentence; null when no sign-in of this browser was found. */
  | { readonly kind: 'out'; readonly flowId: string | null };

/** Ends a sign-in with what the provider's redirect brought; each begun sign-in ends once, whatever the outcome. */
export async function endProviderSignIn(
  deps: ProviderSignIn,
  input: { query: URLSearchParams; browser: string | null },
): Promise<FlowEnd> {
  const state = input.query.get('state') ?? '';
  const flow = input.browser === null ? null : await takeFlow(deps.db, state, input.browser);
  if (flow === null) return { kind: 'out', flowId: null };
  try {
    const provider = await enabledProvider(deps.db);
    const person = await personOf(deps, { provider, flow, state, query: input.query });
    const admitted = await admitPerson(deps, provider, person);
    if (admitted.kind === 'in') return { ...admitted, returnTo: flow.returnTo, hours: provider.sessionHours };
    await keepProblem(deps.db, flow.id, admitted.refusal);
  } catch (error) {
    await keepProblem(deps.db, flow.id, problemOf(error));
  }
  return { kind: 'out', flowId: flow.id };
}

/** Marks the sign-in as used and returns it, for one caller only; null when unknown, used, too old or another browser's. */
async function takeFlow(db: Database, state: string, browser: string): Promise<Flow | null> {
  const taken = await db
    .update(signInFlow)
    .set({ usedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(signInFlow.stateHash, secretHash(state)),
        eq(signInFlow.browserHash, secretHash(browser)),
        isNull(signInFlow.usedAt),
        sql`${signInFlow.expiresAt} > clock_timestamp()`,
      ),
    )
    .returning();
  return taken[0] ?? null;
}

async function personOf(
  deps: ProviderSignIn,
  answer: { provider: StoredProvider; flow: Flow; state: string; query: URLSearchParams },
): Promise<ProviderPerson> {
  const { provider, flow } = answer;
  const now = await deps.clock(deps.db);
  const secret = clientSecretOf(deps.instanceKeys, provider);
  const callback = new URL(`${deps.publicUrl}${callbackPath}?${answer.query.toString()}`);
  return await withProvider({ db: deps.db, provider, secret, now }, async (configuration) => {
    const tokens = await authorizationCodeGrant(configuration, callback, {
      expectedState: answer.state,
      expectedNonce: flow.nonce,
      pkceCodeVerifier: flow.codeVerifier,
    });
    const idClaims: Record<string, unknown> = { ...tokens.claims() };
    refuseEarly(idClaims, { name: provider.name, now });
    return await providerPerson(configuration, { accessToken: tokens.access_token, idClaims }, provider);
  });
}

/** The person is on their way back from the provider, so they get a page with a sentence whatever happened. */
function problemOf(error: unknown): Refusal {
  if (error instanceof DomainError) return error.refusal;
  log.error({ error }, 'A sign-in through the identity provider failed.');
  return refusal({
    code: 'wrongState',
    message: 'Something went wrong inside Fairlead; the reason is in its log.',
    fix: 'Start the sign-in again.',
  });
}

/** openid-client judges `exp` and `nbf` alone; a token from the future means that the clocks differ. */
function refuseEarly(claims: Readonly<Record<string, unknown>>, at: { name: string; now: Date }): void {
  const { iat } = claims;
  if (typeof iat !== 'number' || iat * 1000 <= at.now.getTime()) return;
  const early = tokenTimeRefusal({ iat }, at);
  if (early !== null) throw early;
}

async function keepProblem(db: Database, flowId: string, problem: Refusal): Promise<void> {
  await db.update(signInFlow).set({ problem }).where(eq(signInFlow.id, flowId));
}

/** The sentence with which a sign-in of this browser ended; null for another browser's and for unknown ids. */
export async function flowProblem(
  db: Database,
  flow: { id: string; browser: string },
): Promise<Refusal | null> {
  const rows = await db
    .select({ problem: signInFlow.problem })
    .from(signInFlow)
    .where(and(eq(signInFlow.id, flow.id), eq(signInFlow.browserHash, secretHash(flow.browser))));
  return refusalSchema.nullable().parse(rows[0]?.problem ?? null);
}
