import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, membership, session } from '../../db/schema/identity.ts';
import { identity, identityProvider, signInFlow } from '../../db/schema/identity-providers.ts';
import {
  type GroupRule,
  type IdentityProvider,
  identityProviderSchema,
} from '../../domain/identity-provider.ts';
import { allowEgress } from '../allowances/commands.ts';
import { listAudit, listInstanceAudit } from '../audit/queries.ts';
import type { Context } from '../context.ts';
import { openSite, type RunningSite } from '../http/site-fixture.ts';
import { insertPerson, insertProject, type Person } from '../identity-fixture.ts';
import { setGroupRules, setIdentityProvider } from '../identity-provider/commands.ts';
import { removeMember, setMember } from '../members/commands.ts';
import { signingMembers } from '../project-members.ts';
import { flowProblem } from '../sessions/provider-flow.ts';
import { refusalOf } from '../test-fixture.ts';
import { disableUser } from '../users/commands.ts';
import { PlainBrowser, type RunningProvider, startProvider } from './provider-fixture.ts';

let running: RunningSite;
let provider: RunningProvider;
let ada: Person;
let admin: Context;
let fraud: string;
let credit: string;

const people = {
  lena: { name: 'Lena Ortiz', email: 'lena@example.test', email_verified: true, groups: ['ml', 'staff'] },
  nobody: { name: 'Nils', email: 'nils@example.test', email_verified: true, groups: ['sales', 'staff'] },
};

beforeAll(async () => {
  running = await openSite();
  const { db } = running.test;
  fraud = await insertProject(db, 'fraud');
  credit = await insertProject(db, 'credit');
  ada = await insertPerson(db, { name: 'Ada', projectId: fraud, roles: ['admin'], instanceRoles: ['admin'] });
  admin = { ...ada.ctx, instanceKeys: running.site.instanceKeys, publicUrl: running.url };
  provider = await startProvider({ publicUrl: running.url, people });
  await allowEgress(admin, { target: '127.0.0.1', purpose: 'the provider of the tests' });
  await configure();
  await rules([
    { kind: 'project', group: 'ml', projectId: fraud, roles: ['engineer'] },
    { kind: 'instance', group: 'auditors', roles: ['auditor'] },
  ]);
});
afterAll(async () => {
  await provider.close();
  await running.close();
});

async function configure(
  change: Partial<IdentityProvider> & { clientSecret?: string | null } = {},
): Promise<void> {
  const { issuer, clientId, clientSecret } = provider.settings;
  const scopes = ['profile', 'email', 'groups'];
  await setIdentityProvider(admin, { name: 'Keycloak', issuer, clientId, clientSecret, scopes, ...change });
}

const rules = (list: GroupRule[]) => setGroupRules(admin, { schema: 1, rules: list });

/** Asks our server for the way to the provider, as the page does. */
async function begin(browser: PlainBrowser, returnTo: string | null = null): Promise<Response> {
  return await browser.request(`${running.url}/api/session/provider`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: running.url },
    body: JSON.stringify({ returnTo }),
  });
}

/** The whole way to the provider and to the address that it sends back to, unvisited. */
async function callbackOf(
  browser: PlainBrowser,
  login: string,
  returnTo: string | null = null,
): Promise<string> {
  const { url } = (await (await begin(browser, returnTo)).json()) as { url: string };
  return await browser.signInAt(url, { login, until: provider.settings.redirectUri });
}

async function signIn(login: string, returnTo: string | null = null) {
  const browser = new PlainBrowser();
  const answer = await browser.request(await callbackOf(browser, login, returnTo));
  return { browser, answer, location: answer.headers.get('location') ?? '' };
}

const whoAmI = async (browser: PlainBrowser) => {
  const answer = await browser.request(`${running.url}/api/trpc/sessions.whoAmI`);
  if (answer.status !== 200) return null;
  const { result } = (await answer.json()) as {
    result: {
      data: {
        json: { id: string; name: string; memberships: { projectId: string; roles: string[] }[] };
      };
    };
  };
  return result.data.json;
};

/** The sentence that the sign-in page would show to this browser. */
async function sentenceOf(answer: Response, browserCookie?: string): Promise<string> {
  const id = /flow=([\w-]+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
  if (id === 'unknown') return 'unknown';
  const rows = await running.test.db.select().from(signInFlow).where(eq(signInFlow.id, id));
  expect(
    browserCookie === undefined ? null : await flowProblem(running.test.db, { id, browser: browserCookie }),
  ).toBe(null);
  return JSON.stringify(rows[0]?.problem);
}

const userOf = async (subject: string) =>
  (await running.test.db.select().from(identity).where(eq(identity.subject, subject)))[0];

describe('signing in through a provider', () => {
  it('makes an account at the first time, gives what the groups give, and goes to the page that was asked for', async () => {
    const { browser, answer, location } = await signIn('lena', '/models?search=fraud');
    expect([answer.status, location]).toEqual([303, '/models?search=fraud']);
    expect(answer.headers.getSetCookie().join()).toMatch(
      /^fairlead=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200/,
    );
    const me = await whoAmI(browser);
    expect(me).toMatchObject({
      name: 'Lena Ortiz',
      memberships: [{ projectId: fraud, roles: ['engineer'] }],
    });
    const rows = await running.test.db
      .select()
      .from(session)
      .where(eq(session.userId, me?.id ?? ''));
    const lifeMs = (rows[0]?.expiresAt.getTime() ?? 0) - (rows[0]?.createdAt.getTime() ?? 0);
    expect(Math.round(lifeMs / 3_600_000)).toBe(12);
    const { items } = await listInstanceAudit(admin, { search: 'Lena Ortiz' });
    expect(items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['sessions.signIn', 'users.create']),
    );
  });

  it('knows the person again by issuer and subject, whatever their address and name have become', async () => {
    const before = await userOf('lena');
    await provider.tell({ ...people, lena: { ...people.lena, email: 'l.ortiz@example.test' } });
    const { browser } = await signIn('lena');
    expect((await whoAmI(browser))?.id).toBe(before?.userId);
    await provider.tell(people);
  });

  it('follows the groups: roles come and go, those given by hand stay, and each change names its group', async () => {
    const user = await userOf('lena');
    await setMember(admin, { projectId: fraud, email: 'lena@example.test', roles: ['viewer'] });
    await rules([
      { kind: 'project', group: 'ml', projectId: fraud, roles: ['engineer'] },
      { kind: 'project', group: 'ml', projectId: credit, roles: ['operator', 'approver'] },
    ]);
    const first = await signIn('lena');
    expect((await whoAmI(first.browser))?.memberships).toEqual(
      expect.arrayContaining([
        { projectId: fraud, roles: ['viewer', 'engineer'] },
        { projectId: credit, roles: ['operator', 'approver'] },
      ]),
    );
    await provider.tell({ ...people, lena: { ...people.lena, groups: ['staff'] } });
    const second = await signIn('lena');
    expect((await whoAmI(second.browser))?.memberships).toEqual([{ projectId: fraud, roles: ['viewer'] }]);
    expect(await running.test.db.select().from(membership).where(eq(membership.projectId, credit))).toEqual(
      [],
    );
    const { items } = await listAudit(admin, { projectId: fraud, objectId: user?.userId ?? '' });
    const acts = items.map(({ action, sentence, actorName }) => `${action}: ${sentence} by ${actorName}`);
    expect(acts).toContain(
      'members.followGroups: gave Lena Ortiz the roles engineer by the group ml at Keycloak by Fairlead',
    );
    expect(acts).toContain(
      'members.followGroups: took the roles engineer from Lena Ortiz: no group at Keycloak gives them any more by Fairlead',
    );
    await provider.tell(people);
  });

  it('keeps out a person whose groups map to nothing, with the groups in the sentence, no account and no session', async () => {
    const { browser, answer } = await signIn('nobody');
    expect(answer.headers.get('location')).toMatch(/^\/sign-in\?flow=[\w-]{36}$/);
    const sentence = await sentenceOf(answer);
    expect(sentence).toContain('You are nils@example.test at Keycloak');
    expect(sentence).toContain('sales, staff');
    expect(sentence).toContain('an admin of this Fairlead');
    expect(await whoAmI(browser)).toBeNull();
    expect(await userOf('nobody')).toBeUndefined();
    const { items } = await listInstanceAudit(admin, { action: 'sessions.refuse' });
    expect(items[0]?.sentence).toContain('kept out nils@example.test');
  });

  it('takes a membership away when its last group is gone, and ends the sessions that had nothing else', async () => {
    await provider.tell({ ...people, mo: { ...people.lena, email: 'mo@example.test' } });
    const first = await signIn('mo');
    expect(await whoAmI(first.browser)).not.toBeNull();
    await provider.tell({ ...people, mo: { ...people.lena, email: 'mo@example.test', groups: [] } });
    const second = await signIn('mo');
    expect(await sentenceOf(second.answer)).toContain('it sent no groups');
    expect(await whoAmI(first.browser)).toBeNull();
    await provider.tell(people);
  });

  it('keeps a disabled person out', async () => {
    await provider.tell({ ...people, dan: { ...people.lena, email: 'dan@example.test' } });
    await signIn('dan');
    await disableUser(admin, { userId: (await userOf('dan'))?.userId ?? '' });
    const { browser, answer } = await signIn('dan');
    expect(await sentenceOf(answer)).toContain('Your account here is disabled.');
    expect(await whoAmI(browser)).toBeNull();
    await provider.tell(people);
  });
});

describe('an address that a local account has already', () => {
  const visitor = { name: 'Olga', email: 'olga@example.test', groups: ['ml'] };
  let olga: Person;
  beforeAll(async () => {
    olga = await insertPerson(running.test.db, { name: 'Olga', projectId: fraud, roles: ['operator'] });
    await running.test.db
      .update(account)
      .set({ email: visitor.email })
      .where(eq(account.userId, olga.userId));
  });
  afterAll(async () => {
    await provider.tell(people);
    await configure();
  });

  it('is refused while linking is off', async () => {
    await provider.tell({ olga: { ...visitor, email_verified: true } });
    const { browser, answer } = await signIn('olga');
    expect(await sentenceOf(answer)).toContain('linking it to Keycloak is switched off');
    expect(await whoAmI(browser)).toBeNull();
  });

  it('is refused when the provider does not say that it verified the address', async () => {
    await configure({ allowLinking: true });
    for (const unverified of [visitor, { ...visitor, email_verified: false }]) {
      await provider.tell({ olga: unverified });
      const { answer } = await signIn('olga');
      expect(await sentenceOf(answer)).toContain('does not say that it has verified yours');
    }
  });

  it('leads to that account when both hold, once: another subject with the same address is refused', async () => {
    await provider.tell({
      olga: { ...visitor, email_verified: true },
      impostor: { ...visitor, email_verified: true },
    });
    const { browser } = await signIn('olga');
    expect(await whoAmI(browser)).toMatchObject({ id: olga.userId });
    const { items } = await listInstanceAudit(admin, { action: 'users.link' });
    expect(items[0]?.sentence).toContain('by the verified address olga@example.test');
    const second = await signIn('impostor');
    expect(await sentenceOf(second.answer)).toContain('belongs to another person at Keycloak');
    expect(await whoAmI(second.browser)).toBeNull();
  });
});

describe('roles that groups give', () => {
  it('are not taken by hand; the refusal says where they come from', async () => {
    const { browser } = await signIn('lena');
    const userId = (await whoAmI(browser))?.id ?? '';
    await removeMember(admin, { projectId: fraud, userId });
    expect((await whoAmI(browser))?.memberships).toContainEqual({ projectId: fraud, roles: ['engineer'] });
    const refused = await refusalOf(removeMember(admin, { projectId: fraud, userId }));
    expect(refused).toMatchObject({ code: 'wrongState' });
    expect(refused.message).toContain('group');
  });
});

describe('the way back from the provider', () => {
  it('signs in the browser that began it and no other: a link sent by somebody else ends without a session', async () => {
    const attacker = new PlainBrowser();
    const callback = await callbackOf(attacker, 'lena');
    const victim = new PlainBrowser();
    await begin(victim);
    const answer = await victim.request(callback);
    expect(answer.headers.get('location')).toBe('/sign-in?flow=unknown');
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await whoAmI(victim)).toBeNull();
  });

  it('is used once', async () => {
    const browser = new PlainBrowser();
    const callback = await callbackOf(browser, 'lena');
    expect((await browser.request(callback)).headers.get('location')).toBe('/');
    expect((await browser.request(callback)).headers.get('location')).toBe('/sign-in?flow=unknown');
  });

  it('is refused with another state, and with a code that was used already', async () => {
    const browser = new PlainBrowser();
    const used = new URL(await callbackOf(browser, 'lena'));
    await browser.request(used.href);
    const forged = new URL(used);
    forged.searchParams.set('state', 'x'.repeat(43));
    expect((await browser.request(forged.href)).headers.get('location')).toBe('/sign-in?flow=unknown');
    const next = new URL(await callbackOf(browser, 'lena'));
    next.searchParams.set('code', used.searchParams.get('code') ?? '');
    expect(await sentenceOf(await browser.request(next.href))).toContain(
      'was used already, or it took too long',
    );
  });

  it('from another issuer is refused before the code is sent anywhere', async () => {
    const browser = new PlainBrowser();
    const callback = new URL(await callbackOf(browser, 'lena'));
    callback.searchParams.set('iss', 'https://other.example');
    expect(await sentenceOf(await browser.request(callback.href))).toContain('does not come from Keycloak');
    expect(await whoAmI(browser)).toBeNull();
  });

  it('tells what the provider answered instead of a code', async () => {
    const browser = new PlainBrowser();
    const callback = new URL(await callbackOf(browser, 'lena'));
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    callback.searchParams.set('error_description', 'Not today\u0007 <b>"');
    const sentence = await sentenceOf(await browser.request(callback.href));
    expect(sentence).toContain('Keycloak did not let you in (access_denied)');
    expect(sentence).not.toContain('\\u0007');
  });

  it('shows its sentence to its own browser only', async () => {
    const { answer } = await signIn('nobody');
    await sentenceOf(answer, 'x'.repeat(43));
  });

  it('tells that the client secret is wrong', async () => {
    await configure({ clientSecret: 'another secret' });
    const { answer } = await signIn('lena');
    expect(await sentenceOf(answer)).toContain('does not accept the client id or secret');
    await configure();
  });
});

describe('a person who came through the provider', () => {
  it('gets no password here, which would outlive their account there', async () => {
    const { browser } = await signIn('lena');
    const answer = await browser.request(`${running.url}/api/trpc/users.changePassword`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: running.url },
      body: JSON.stringify({ json: { present: null, next: 'a long enough password' } }),
    });
    expect(answer.status).toBe(412);
    expect(await answer.text()).toContain('You sign in through the identity provider');
  });

  it('is a user like any other, with the roles that approving asks for', async () => {
    await rules([{ kind: 'project', group: 'ml', projectId: fraud, roles: ['approver'] }]);
    const { browser } = await signIn('lena');
    const me = await whoAmI(browser);
    expect(me).toMatchObject({ kind: 'user', memberships: [{ roles: ['approver'] }] });
    const signers = await signingMembers(running.test.db, fraud);
    expect(signers.map(({ userId }) => userId)).toContain(me?.id);
    await rules([{ kind: 'project', group: 'ml', projectId: fraud, roles: ['engineer'] }]);
  });
});

describe('the beginning', () => {
  it('sends PKCE with S256, a nonce and a state, and stores none of them in the clear that the address holds', async () => {
    const { url } = (await (await begin(new PlainBrowser())).json()) as { url: string };
    const query = new URL(url).searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('redirect_uri')).toBe(`${running.url}/api/session/callback`);
    expect(query.get('nonce')).toMatch(/^[\w-]{43}$/);
    const rows = JSON.stringify(await running.test.db.select().from(signInFlow));
    expect(rows).not.toContain(query.get('state'));
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', '/sign-in'])(
    'returns to the first page instead of %s',
    async (returnTo) => {
      expect((await signIn('lena', returnTo)).location).toBe('/');
    },
  );

  it('is a JSON request of our own page', async () => {
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' };
    const answer = await fetch(`${running.url}/api/session/provider`, {
      method: 'POST',
      headers,
      body: '{}',
    });
    expect(answer.status).toBe(403);
  });

  it('is refused while the provider is switched off, which ends the sessions that came through it', async () => {
    const { browser } = await signIn('lena');
    await configure({ enabled: false });
    expect(await whoAmI(browser)).toBeNull();
    expect((await begin(new PlainBrowser())).status).toBe(422);
    await configure();
  });

  it('binds the browser by a cookie that over https no other host can set', async () => {
    const cookie = (await begin(new PlainBrowser())).headers.getSetCookie().join();
    expect(cookie).toMatch(/^fairlead-sign-in=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
    const secure = await openSite({ secure: true });
    try {
      const olaf = await insertPerson(secure.test.db, { name: 'Olaf', instanceRoles: ['admin'] });
      const owner: Context = { ...olaf.ctx, instanceKeys: secure.site.instanceKeys };
      const { issuer, clientId, clientSecret } = provider.settings;
      await allowEgress(owner, { target: '127.0.0.1', purpose: 'tests' });
      await setIdentityProvider(owner, { name: 'Keycloak', issuer, clientId, clientSecret });
      const answer = await fetch(`${secure.url}/api/session/provider`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: secure.url.replace('http:', 'https:') },
        body: '{}',
      });
      expect(answer.headers.getSetCookie().join()).toMatch(
        /^__Host-fairlead-sign-in=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/,
      );
    } finally {
      await secure.close();
    }
  });

  it('keeps the client secret sealed and never gives it back', async () => {
    const rows = await running.test.db.select().from(identityProvider);
    expect(rows[0]?.sealedSecret).toMatch(/^aes-256-gcm-v1\./);
    expect(JSON.stringify(rows)).not.toContain(provider.settings.clientSecret);
    expect(identityProviderSchema.shape).not.toHaveProperty('clientSecret');
  });
});
