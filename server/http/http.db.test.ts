import { request } from 'node:http';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { account, membership, session } from '../../db/schema/identity.ts';
import { notifyChange } from '../audit/append.ts';
import { insertPerson, insertProject, type Person } from '../identity-fixture.ts';
import { hashPassword } from '../password.ts';
import { makeSignInLink } from '../sessions/sign-in.ts';
import { disableUser } from '../users/commands.ts';
import { openSite, type RunningSite } from './site-fixture.ts';

let running: RunningSite;
let ada: Person;
let root: Person;
let projectId: string;
const password = 'correct horse battery';

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
const signIn = async () =>
  cookieOf(await post('/api/session/link', { link: await makeSignInLink(running.test.db, ada.userId, 1) }));
const whoAmI = (headers: Record<string, string>) =>
  fetch(`${running.url}/api/trpc/sessions.whoAmI`, { headers });

/** Reads a stream piece by piece as text. */
function textReader(answer: Response) {
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  return {
    async read() {
      const { value, done } = await reader.read();
      return { done, value: value === undefined ? '' : decoder.decode(value, { stream: true }) };
    },
    cancel: () => reader.cancel(),
  };
}

beforeAll(async () => {
  running = await openSite();
  projectId = await insertProject(running.test.db, 'http');
  ada = await insertPerson(running.test.db, { name: 'Ada', projectId, roles: ['admin', 'engineer'] });
  root = await insertPerson(running.test.db, { name: 'Root', instanceRoles: ['admin'] });
  await running.test.db
    .update(account)
    .set({ email: 'ada@example.test', passwordHash: await hashPassword(password) })
    .where(eq(account.userId, ada.userId));
});
afterAll(() => running.close());

describe('signing in', () => {
  it('gives an HttpOnly, SameSite cookie whose secret is not in the database', async () => {
    const answer = await post('/api/session', { email: 'Ada@example.test', password });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(/^fairlead=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax/);
    const secret = cookieOf(answer).split('=')[1] ?? '';
    const rows = await running.test.db.select().from(session);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect((await whoAmI({ cookie: cookieOf(answer) })).status).toBe(200);
  });

  it('says the same for a wrong password and an unknown person, and stops the eleventh guess at an account', async () => {
    const wrong = await (await post('/api/session', { email: 'ada@example.test', password: 'x' })).json();
    const unknown = await (await post('/api/session', { email: 'who@example.test', password: 'x' })).json();
    expect(unknown).toEqual(wrong);
    const statuses = [];
    for (let attempt = 0; attempt < 11; attempt += 1)
      statuses.push((await post('/api/session', { email: 'guess@example.test', password: 'x' })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  it('takes a link once', async () => {
    const link = await makeSignInLink(running.test.db, ada.userId, 1);
    expect((await post('/api/session/link', { link })).status).toBe(200);
    expect((await post('/api/session/link', { link })).status).toBe(401);
  });

  it('ends with signing out, with disabling the person, and when it is old', async () => {
    const cookie = await signIn();
    const out = await post('/api/trpc/sessions.signOut', {}, { cookie, origin: running.url });
    expect(out.status).toBe(200);
    expect((await whoAmI({ cookie })).status).toBe(401);
    const disabled = await signIn();
    await disableUser(root.ctx, { userId: ada.userId });
    expect((await whoAmI({ cookie: disabled })).status).toBe(401);
    await running.test.db.update(account).set({ disabledAt: null }).where(eq(account.userId, ada.userId));
    const old = await signIn();
    await running.test.db.execute(sql`update session set last_seen_at = now() - interval '13 hours'`);
    expect((await whoAmI({ cookie: old })).status).toBe(401);
  });

  it('is refused without a set-up link once somebody exists', async () => {
    const answer = await post('/api/set-up', {
      link: 'guess',
      name: 'Eve',
      email: 'eve@example.test',
      password: 'long enough password',
    });
    expect(answer.status).toBe(401);
  });
});

describe('a state-changing request', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a cookie and no Origin', {}, 403],
    ['a form body', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
    ['a compressed body', { 'content-encoding': 'gzip' }, 415],
  ])('with %s is refused', async (_name, headers, status) => {
    const cookie = await signIn();
    expect((await post('/api/trpc/sessions.signOut', {}, { cookie, ...headers })).status).toBe(status);
    expect((await whoAmI({ cookie })).status).toBe(200);
  });

  it('is never a GET', async () => {
    const cookie = await signIn();
    expect((await fetch(`${running.url}/api/trpc/sessions.signOut`, { headers: { cookie } })).status).toBe(
      405,
    );
  });

  it('with more than 20 calls in a batch is refused', async () => {
    const path = Array.from({ length: 21 }, () => 'sessions.whoAmI').join(',');
    expect(
      (
        await fetch(`${running.url}/api/trpc/${path}?batch=1&input=%7B%7D`, {
          headers: { cookie: await signIn() },
        })
      ).status,
    ).toBe(400);
  });
});

describe('every answer', () => {
  it('carries the guarding headers and no stack', async () => {
    const answer = await whoAmI({});
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(await answer.text()).not.toMatch(/\bat .*\.ts:/);
  });

  it('is refused under a foreign Host, except to probes', async () => {
    const status = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { hostname, port } = new URL(running.url);
        request({ hostname, port, path, headers: { host: 'evil.example' } }, (answer) =>
          resolve(answer.resume().statusCode),
        )
          .on('error', reject)
          .end();
      });
    expect(await status('/api/trpc/sessions.whoAmI')).toBe(421);
    expect(await status('/healthz')).toBe(200);
    expect(await status('/readyz')).toBe(200);
  });
});

describe('the event stream', () => {
  it('brings hints of own projects only, as ids, and ends with the session', async () => {
    const cookie = await signIn();
    const foreign = await insertProject(running.test.db, 'foreign');
    const stream = await fetch(`${running.url}/api/events`, { headers: { cookie } });
    const reader = textReader(stream);
    const tell = (project: string, id: string) =>
      transaction(running.test.db, (tx) => notifyChange(tx, { projectId: project, topic: 'rollout', id }));
    let text = '';
    const readUntil = async (mark: string) => {
      for (let turn = 0; turn < 50 && !text.includes(mark); turn += 1)
        text += (await reader.read()).value ?? '';
    };
    await readUntil('resync');
    await tell(foreign, 'not-mine');
    await tell(projectId, 'mine');
    await readUntil('"mine"');
    expect(text).toContain('event: change\ndata: {"topic":"rollout","id":"mine"}\n\n');
    expect(text).not.toContain('not-mine');
    await post('/api/trpc/sessions.signOut', {}, { cookie, origin: running.url });
    let done = false;
    for (let turn = 0; turn < 50 && !done; turn += 1) done = (await reader.read()).done;
    expect(done).toBe(true);
  });

  it('is refused to nobody', async () => {
    expect((await fetch(`${running.url}/api/events`)).status).toBe(401);
  });

  it('stops bringing a project from which the person was removed', async () => {
    const cookie = await signIn();
    const stream = await fetch(`${running.url}/api/events`, { headers: { cookie } });
    const reader = textReader(stream);
    await running.test.db.delete(membership).where(eq(membership.userId, ada.userId));
    const own = await insertProject(running.test.db, 'own');
    await running.test.db
      .insert(membership)
      .values({ projectId: own, userId: ada.userId, roles: ['viewer'] });
    await transaction(running.test.db, (tx) =>
      notifyChange(tx, { projectId, topic: 'membership', id: ada.userId }),
    );
    let text = '';
    for (let turn = 0; turn < 60 && !text.includes('now-mine'); turn += 1) {
      await transaction(running.test.db, (tx) =>
        notifyChange(tx, { projectId: own, topic: 'rollout', id: 'now-mine' }),
      );
      text += (await reader.read()).value ?? '';
    }
    await transaction(running.test.db, (tx) =>
      notifyChange(tx, { projectId, topic: 'rollout', id: 'no-longer' }),
    );
    await transaction(running.test.db, (tx) =>
      notifyChange(tx, { projectId: own, topic: 'rollout', id: 'last' }),
    );
    for (let turn = 0; turn < 60 && !text.includes('"last"'); turn += 1)
      text += (await reader.read()).value ?? '';
    expect(text).not.toContain('no-longer');
    await reader.cancel();
  });
});
