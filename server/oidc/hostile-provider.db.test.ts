import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { session } from '../../db/schema/identity.ts';
import { signInFlow } from '../../db/schema/identity-providers.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { allowEgress, revokeEgress } from '../allowances/commands.ts';
import { listEgress } from '../allowances/queries.ts';
import { databaseClock } from '../clock.ts';
import type { Context } from '../context.ts';
import { insertPerson, insertProject } from '../identity-fixture.ts';
import { setGroupRules, setIdentityProvider } from '../identity-provider/commands.ts';
import { tryDiscovery } from '../identity-provider/queries.ts';
import { instanceKey } from '../instance-key.ts';
import { beginProviderSignIn, endProviderSignIn, type ProviderSignIn } from '../sessions/provider-flow.ts';
import { signInPage } from '../sessions/sign-in-page.ts';
import { refusalOf } from '../test-fixture.ts';

/** A provider that answers with whatever a test says: a real server whose tokens may lie about everything. */
class LyingProvider {
  claims: Record<string, unknown> = {};
  /** Bytes of the token after signing. */
  tamper = (token: string): string => token;
  header: { alg: string; kid?: string } = { alg: 'RS256', kid: 'main' };
  /** Answers these paths itself: status and body, or never. */
  readonly instead = new Map<string, { status: number; body: string; type?: string } | 'never'>();
  metadata: Record<string, unknown> = {};
  nonce = '';
  #key: CryptoKey | undefined;
  #jwk: JWK = {};
  readonly #server: Server = createServer((req, res) => {
    void this.#answer(req).then(
      (answer) => {
        if (answer === 'never') return;
        const { status, body, type = 'application/json' } = answer;
        res.writeHead(status, { 'content-type': type }).end(body);
      },
      (error: unknown) => res.writeHead(500).end(String(error)),
    );
  });

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    this.#key = privateKey;
    this.#jwk = { ...(await exportJWK(publicKey)), kid: 'main', alg: 'RS256', use: 'sig' };
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  reset(): void {
    this.claims = {};
    this.metadata = {};
    this.tamper = (token) => token;
    this.header = { alg: 'RS256', kid: 'main' };
    this.instead.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async token(): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: 'fairlead',
      sub: 'lena',
      nonce: this.nonce,
      iat: now,
      exp: now + 300,
      email: 'lena@example.test',
      email_verified: true,
      name: 'Lena',
      groups: ['ml'],
      ...this.claims,
    };
    if (this.#key === undefined) throw new Error('The provider is not started.');
    return this.tamper(await new SignJWT(claims).setProtectedHeader(this.header).sign(this.#key));
  }

  async #answer(req: IncomingMessage) {
    const path = (req.url ?? '').split('?')[0] ?? '';
    const instead = this.instead.get(path);
    if (instead !== undefined) return instead;
    const json = (value: unknown) => ({ status: 200, body: JSON.stringify(value), type: 'application/json' });
    if (path === '/.well-known/openid-configuration') return json(this.#document());
    if (path === '/jwks') return json({ keys: [this.#jwk] });
    if (path === '/token')
      return json({ access_token: 'access', token_type: 'Bearer', id_token: await this.token() });
    return { status: 404, body: '{}', type: 'application/json' };
  }

  #document(): Record<string, unknown> {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      id_token_signing_alg_values_supported: ['RS256'],
      ...this.metadata,
    };
  }
}

const provider = new LyingProvider();
const browser = 'b'.repeat(43);
const keys = [instanceKey(Buffer.alloc(32, 3).toString('base64'))];
let test: TestDatabase;
let admin: Context;
let deps: ProviderSignIn;
let settings: Parameters<typeof setIdentityProvider>[1];

beforeAll(async () => {
  test = await testDatabase();
  await provider.start();
  const projectId = await insertProject(test.db, 'fraud');
  const ada = await insertPerson(test.db, { name: 'Ada', instanceRoles: ['admin'] });
  admin = { ...ada.ctx, instanceKeys: keys };
  deps = { db: test.db, clock: databaseClock, publicUrl: 'http://127.0.0.1:3000', instanceKeys: keys };
  settings = { name: 'Dex', issuer: provider.issuer, clientId: 'fairlead', clientSecret: 'secret' };
  await allowEgress(admin, { target: '127.0.0.1', purpose: 'tests' });
  await setIdentityProvider(admin, settings);
  await setGroupRules(admin, {
    schema: 1,
    rules: [{ kind: 'project', group: 'ml', projectId, roles: ['viewer'] }],
  });
});
beforeEach(() => provider.reset());
afterAll(async () => {
  await provider.close();
  await test.drop();
});

/** Begins a sign-in and comes back with a code; the problem it ends with, or null when the person is in. */
async function outcome(
  own: Partial<ProviderSignIn> = {},
  query: Record<string, string> = {},
): Promise<Refusal | null> {
  const { url } = await beginProviderSignIn(
    { ...deps, ...own },
    { returnTo: null, browser, address: `10.0.0.${(asked += 1)}` },
  );
  const sent = new URL(url).searchParams;
  provider.nonce = sent.get('nonce') ?? '';
  const back = new URLSearchParams({ code: 'code', state: sent.get('state') ?? '', ...query });
  const end = await endProviderSignIn({ ...deps, ...own }, { query: back, browser });
  if (end.kind === 'in') return null;
  const rows = await test.db
    .select()
    .from(signInFlow)
    .where(eq(signInFlow.id, end.flowId ?? ''));
  return rows[0]?.problem as Refusal;
}
let asked = 0;
const trial = () => ({ name: 'Dex', issuer: provider.issuer, clientId: 'fairlead' });

const seconds = (count: number) => Math.floor(Date.now() / 1000) + count;

describe('a token of the provider', () => {
  it('that is right signs the person in', async () => {
    expect(await outcome()).toBeNull();
    expect(await test.db.select().from(session)).toHaveLength(1);
  });

  it.each<[string, () => void, RegExp]>([
    ['with another nonce', () => (provider.claims = { nonce: 'other' }), /nonce is not that of this sign-in/],
    ['for another client', () => (provider.claims = { aud: 'grafana' }), /for another client/],
    [
      'for us and others',
      () => (provider.claims = { aud: ['fairlead', 'x'], azp: 'x' }),
      /for another client/,
    ],
    ['of another issuer', () => (provider.claims = { iss: 'https://evil.example' }), /another issuer/],
    [
      'whose content was changed after signing',
      () => {
        provider.tamper = (token) => {
          const [head, , signature] = token.split('.');
          const body = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
          const forged = Buffer.from(JSON.stringify({ ...body, sub: 'admin' })).toString('base64url');
          return [head, forged, signature].join('.');
        };
      },
      /signature is not one of Dex's keys/,
    ],
    [
      'signed with a key that the provider does not publish',
      () => (provider.header = { alg: 'RS256', kid: 'x' }),
      /signature is not one/,
    ],
    [
      'without any signature',
      () => {
        provider.tamper = (token) => {
          const head = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
          return [head, token.split('.')[1], ''].join('.');
        };
      },
      /not signed as the provider says/,
    ],
    [
      'that pretends to be signed with the public key as a secret',
      () => {
        provider.tamper = (token) => {
          const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'main' })).toString('base64url');
          return [head, ...token.split('.').slice(1)].join('.');
        };
      },
      /not signed as the provider says/,
    ],
  ])('%s is refused', async (_what, lie, sentence) => {
    lie();
    const before = (await test.db.select().from(session)).length;
    expect((await outcome())?.message).toMatch(sentence);
    expect(await test.db.select().from(session)).toHaveLength(before);
  });
});

describe('clocks that differ', () => {
  it('by up to a minute are taken for equal, in both directions', async () => {
    provider.claims = { iat: seconds(-345), exp: seconds(-45) };
    expect(await outcome()).toBeNull();
    provider.claims = { iat: seconds(45), nbf: seconds(45), exp: seconds(345) };
    expect(await outcome()).toBeNull();
  });

  it.each([
    ['behind', { iat: -900, exp: -600 }, /15 minutes behind/],
    ['ahead, by the time of issue', { iat: 300, exp: 600 }, /5 minutes ahead/],
    ['ahead, by the time from which it is valid', { iat: 300, nbf: 300, exp: 600 }, /5 minutes ahead/],
  ])('further %s end in a sentence with the difference and both clocks', async (_name, times, words) => {
    provider.claims = Object.fromEntries(
      Object.entries(times).map(([name, offset]) => [name, seconds(offset)]),
    );
    const problem = await outcome();
    expect(problem?.code).toBe('clockSkew');
    expect(problem?.message).toMatch(words);
    expect(problem?.message).toMatch(
      /^The clock of Dex says \d{4}-\d\d-\d\dT[\d:]+Z, Fairlead's says \d{4}-\d\d-\d\dT[\d:]+Z: .* at most 60 seconds are taken\.$/,
    );
    expect(problem?.fix).toContain('NTP');
  });

  it('are judged by the clock of the database, not by that of this process', async () => {
    const clock = async () => new Date(Date.now() + 3_600_000);
    expect((await outcome({ clock }))?.message).toMatch(/60 minutes behind/);
  });

  it('are not blamed when a token is simply too old', async () => {
    provider.claims = { iat: seconds(-30), exp: seconds(-70), nbf: seconds(-30) };
    const problem = await outcome();
    expect(problem?.message).toContain('has expired or is not valid yet, although the clocks agree');
  });
});

describe('a provider in trouble', () => {
  it('that names itself in the answer as the specification asks must name itself rightly', async () => {
    provider.metadata = { authorization_response_iss_parameter_supported: true };
    expect((await outcome({}, { iss: 'https://evil.example' }))?.message).toContain('does not come from Dex');
    expect((await outcome())?.message).toContain('does not come from Dex');
    expect(await outcome({}, { iss: provider.issuer })).toBeNull();
  });

  it('is given up after five seconds, and the page says so and shows the local form', async () => {
    await setIdentityProvider(admin, { ...settings, hideLocalForm: true });
    provider.instead.set('/.well-known/openid-configuration', 'never');
    const startedAt = performance.now();
    const refused = await refusalOf(
      beginProviderSignIn(deps, { returnTo: null, browser, address: '10.1.0.1' }),
    );
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    expect(refused).toMatchObject({ code: 'providerUnreachable' });
    expect(refused.message).toContain('Dex cannot be asked');
    expect(refused.fix).toContain('local account');
    const page = await signInPage({ ...deps, flowId: null, browser: null });
    expect(page.provider?.problem?.message).toContain('Dex cannot be asked');
    expect(page.hideLocalForm).toBe(false);
    await setIdentityProvider(admin, settings);
  });

  it('is given up while it keeps a code', async () => {
    provider.instead.set('/token', 'never');
    expect((await outcome())?.message).toContain('Dex cannot be asked');
  });

  it('gets as many tries from one address as a wrong password', async () => {
    const begin = () => beginProviderSignIn(deps, { returnTo: null, browser, address: '10.2.0.1' });
    for (let turn = 0; turn < 100; turn += 1) await begin();
    expect((await refusalOf(begin())).code).toBe('rateLimited');
  });

  it.each<[string, () => void, RegExp]>([
    [
      'answers with another status',
      () => provider.instead.set('/.well-known/openid-configuration', { status: 503, body: '{}' }),
      /answered with status 503/,
    ],
    [
      'answers with a page',
      () =>
        provider.instead.set('/.well-known/openid-configuration', {
          status: 200,
          body: '<html>',
          type: 'text/html',
        }),
      /not JSON/,
    ],
    [
      'sends elsewhere',
      () => provider.instead.set('/.well-known/openid-configuration', { status: 302, body: '' }),
      /redirect/,
    ],
    ['calls itself otherwise', () => (provider.metadata = { issuer: 'https://x.example' }), /calls itself/],
    ['has no keys', () => (provider.metadata = { jwks_uri: undefined }), /does not name its jwks_uri/],
    [
      'knows no code flow',
      () => (provider.metadata = { response_types_supported: ['id_token'] }),
      /authorization code flow/,
    ],
    [
      'knows plain PKCE only',
      () => (provider.metadata = { code_challenge_methods_supported: ['plain'] }),
      /PKCE with S256/,
    ],
  ])('that %s is found out by "Try discovery"', async (_what, lie, sentence) => {
    lie();
    expect((await refusalOf(tryDiscovery(admin, trial()))).message).toMatch(sentence);
  });

  it('that leads the code to a host which nobody allowed is not followed', async () => {
    provider.metadata = { token_endpoint: 'http://10.20.30.40:8080/token' };
    const problem = await outcome();
    expect(problem?.code).toBe('providerUnreachable');
    expect(problem?.fix).toContain('Private hosts');
  });

  it('is not called once its host is taken off the list', async () => {
    const rows = await listEgress(admin, undefined);
    const allowanceId = rows[0]?.id ?? '';
    await revokeEgress(admin, { allowanceId });
    const refused = await refusalOf(tryDiscovery(admin, trial()));
    expect(refused.message).toContain('not a public address');
    await allowEgress(admin, { target: '127.0.0.1', purpose: 'tests' });
  });
});

describe('what a provider leaves out', () => {
  it('is told: no address', async () => {
    provider.claims = { sub: 'x1', email: undefined };
    expect((await outcome())?.message).toContain('no e-mail address');
  });

  it('is told: groups that were too many for the token, and takes no roles away', async () => {
    provider.claims = { groups: undefined, _claim_names: { groups: 'src1' } };
    expect((await outcome())?.message).toContain('in more than a token takes');
    provider.claims = {};
    expect(await outcome()).toBeNull();
  });

  it('is found below a path, as Keycloak nests its roles', async () => {
    await setIdentityProvider(admin, { ...settings, groupsClaim: 'realm_access.roles' });
    provider.claims = { groups: undefined, realm_access: { roles: ['ml'] } };
    expect(await outcome()).toBeNull();
    await setIdentityProvider(admin, settings);
  });
});
