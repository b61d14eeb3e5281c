import { request } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase } from '../../db/client.ts';
import { ingestTally } from '../../db/schema/ingest.ts';
import { openIngest } from '../ingest/ingest-app.ts';
import { IngestFixture } from '../ingest/ingest-fixture.ts';
import { refusalOf } from '../test-fixture.ts';
import { createToken, revokeToken } from '../tokens/commands.ts';
import { IngestSite, messageOf } from './ingest-site-fixture.ts';

let site: IngestSite;

beforeAll(async () => {
  site = await IngestSite.open();
});
afterAll(() => site.running.close());
beforeEach(() => site.fixture.forget());

describe('a batch of rows', () => {
  it('is counted, and answered with what was taken, what was not and why, and names that nobody knows', async () => {
    const rows = [
      { ts: new Date().toISOString(), id: 'r1', f: { amount: 90, age2: 3 }, p: { score: 60 } },
      { ts: '2020-01-01T00:00:00Z', f: { amount: 90 } },
      { ts: '2090-01-01T00:00:00Z', f: { amount: 90 } },
      { f: { amount: 91, items: 7, country: 'DE' } },
    ];
    const answer = await site.send(site.batch({ rows }));
    expect(answer).toEqual({
      status: 200,
      body: {
        duplicate: false,
        rows: 'counted',
        accepted: 2,
        rejected: 2,
        rejects: [
          { row: 1, code: 'late', message: expect.stringContaining('seven days') as string },
          { row: 2, code: 'future', message: expect.stringContaining('clock') as string },
        ],
        unknown: { age2: 1 },
      },
    });
    expect(await site.rowsOf('amount')).toBe(2);
    expect(await site.rowsOf('score')).toBe(1);
    const tallies = await site.running.test.db.select().from(ingestTally).orderBy(ingestTally.name);
    expect(tallies).toMatchObject([
      { kind: 'rejectedRow', name: 'future', rows: 1, source: 'fraud/pod-7' },
      { kind: 'rejectedRow', name: 'late', rows: 1 },
    ]);
    const { rows: unknown } = await site.running.test.db.execute(sql`select name from drift_unknown_column`);
    expect(unknown).toEqual([{ name: 'age2' }]);
  });

  it('is counted once when it is sent again, also compressed, and refused with other content under its id', async () => {
    const once = site.batch();
    const text = JSON.stringify(once);
    expect((await site.send(text)).body).toMatchObject({ duplicate: false });
    expect(await site.send(text)).toMatchObject({ status: 200, body: { duplicate: true } });
    const gzip = { headers: { 'content-encoding': 'gzip' } };
    expect(await site.send(gzipSync(text), gzip)).toMatchObject({ status: 200, body: { duplicate: true } });
    const other = await site.send({ ...once, rows: [{ f: { amount: 1 } }] });
    expect(other.status).toBe(409);
    expect(messageOf(other)).toContain('another content');
    expect(await site.rowsOf('amount')).toBe(1);
  });

  it('sent many times at the same moment is stored once', async () => {
    const text = JSON.stringify(site.batch());
    const answers = await Promise.all(Array.from({ length: 12 }, () => site.send(text)));
    expect(answers.filter(({ body }) => body.duplicate === false)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await site.rowsOf('amount')).toBe(1);
  });

  it.each([
    ['no JSON', '{"rows": [NaN]}', 400, '"NaN"'],
    ['no rows', { rows: [] }, 400, 'no rows'],
    ['too many rows', { rows: Array.from({ length: 5_001 }, () => ({})) }, 400, 'at most 5000 rows'],
    ['no revision', { revision: undefined }, 400, 'fairlead.dev/revision'],
    ['an unknown revision', { revision: 9 }, 400, 'has no revision 9'],
    ['an unknown pod', { revision: undefined, pod: 'x' }, 400, 'no pod x'],
    ['an unknown version', { revision: undefined, model: 'm', version: 3 }, 400, 'runs m 3'],
    ['no batch id', { batchId: undefined }, 400, 'batchId'],
    ['a zero character in its id', { batchId: 'a\0' }, 400, 'control character'],
    ['a misspelt member', { row: [] }, 400, 'row'],
    ['another service', { service: 'billing' }, 403, 'rows of scoring only'],
  ])('with %s is refused with a sentence, and nothing is stored', async (_name, change, status, sentence) => {
    const answer = await site.send(typeof change === 'string' ? change : site.batch(change));
    expect(answer.status).toBe(status);
    expect(messageOf(answer)).toContain(sentence);
    const { rows } = await site.running.test.db.execute(sql`select id from ingest_batch`);
    expect(rows).toEqual([]);
  });

  it('names its revision by the pod that the worker saw, or by what it runs', async () => {
    const { db } = site.running.test;
    await site.fixture.seePod('scoring-r1-abc');
    expect((await site.send(site.batch({ revision: undefined, pod: 'scoring-r1-abc' }))).status).toBe(200);
    const { rows } = await db.execute<{ number: number }>(sql`
      select v.number from service_revision r join model_version v on v.id = r.model_version_id where r.id = ${site.fixture.revisionId}`);
    const version = rows[0]?.number;
    expect(
      (await site.send(site.batch({ revision: undefined, model: 'fraud-detector', version }))).status,
    ).toBe(200);
    expect(await site.rowsOf('amount')).toBe(2);
  });
});

describe('a body', () => {
  it('that inflates beyond 5 MiB is refused before it is held', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 32));
    const before = process.memoryUsage().arrayBuffers;
    const answer = await site.send(bomb, { headers: { 'content-encoding': 'gzip' } });
    expect(answer.status).toBe(413);
    expect(messageOf(answer)).toContain('5 MiB');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30 * 1024 * 1024);
  });

  it('that is larger than 5 MiB, no gzip or of an unknown encoding is refused', async () => {
    expect((await site.send('x'.repeat(20 * 1024 * 1024))).status).toBe(413);
    expect((await site.send('x'.repeat(20 * 1024 * 1024), { token: 'fli_guess' })).status).toBe(401);
    expect((await site.send('x', { headers: { 'content-encoding': 'gzip' } })).status).toBe(400);
    expect((await site.send('x', { headers: { 'content-encoding': 'br' } })).status).toBe(415);
  });
});

describe('a token', () => {
  it('of a service sends rows of it and opens nothing else, and ends when it is revoked', async () => {
    const { id, secret } = await site.tokenOf({ serviceId: site.fixture.serviceId });
    expect((await site.send(site.batch(), { token: secret })).status).toBe(200);
    const who = await fetch(`${site.running.url}/api/trpc/sessions.whoAmI`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(who.status).toBe(401);
    const { projectId } = site.fixture.project;
    await revokeToken(site.fixture.project.as('admin'), { projectId, tokenId: id });
    expect((await site.send(site.batch(), { token: secret })).status).toBe(401);
  });

  it('of a project sends rows of the services that it names when its roles may, and finds no others', async () => {
    const { secret } = await site.tokenOf({ roles: ['engineer'] });
    const by = (change: Record<string, unknown>) => site.send(site.batch(change), { token: secret });
    expect((await by({ service: site.fixture.serviceId })).status).toBe(200);
    expect((await by({ service: 'scoring', environment: 'staging' })).status).toBe(200);
    const several = await by({ service: 'scoring' });
    expect(several.status).toBe(400);
    expect(messageOf(several)).toContain('"environment"');
    expect(messageOf(await by({}))).toContain('"service"');
    expect((await by({ service: 'nowhere' })).status).toBe(404);
    const stranger = await IngestFixture.create(site.running.test.db);
    expect((await by({ service: stranger.serviceId })).status).toBe(404);
    const viewer = await site.tokenOf({ roles: ['viewer'] });
    expect(
      (await site.send(site.batch({ service: site.fixture.serviceId }), { token: viewer.secret })).status,
    ).toBe(403);
  });

  it('has either roles or a service of its own project', async () => {
    const { projectId, serviceId } = site.fixture.scope;
    const make = (change: Record<string, unknown>) =>
      createToken(site.fixture.project.as('admin'), {
        projectId,
        name: 'odd',
        expiresInDays: null,
        ...change,
      });
    expect((await refusalOf(make({}))).code).toBe('invalidInput');
    expect((await refusalOf(make({ roles: ['viewer'], serviceId }))).code).toBe('invalidInput');
    const other = await IngestFixture.create(site.running.test.db);
    expect((await refusalOf(make({ serviceId: other.serviceId }))).code).toBe('notFound');
  });

  it('is asked for; a cookie is none', async () => {
    expect((await site.send(site.batch(), { token: null })).status).toBe(401);
    expect((await site.send(site.batch(), { token: null, headers: { cookie: 'fairlead=x' } })).status).toBe(
      401,
    );
    expect((await site.send(site.batch(), { token: 'fli_guess' })).status).toBe(401);
  });
});

it('rows may be sent under any host name, as pods know the console by another one than browsers', async () => {
  const { hostname, port } = new URL(site.running.url);
  const status = await new Promise((resolve, reject) => {
    const headers = { host: 'fairlead.internal', authorization: `Bearer ${site.token}` };
    request({ hostname, port, path: '/api/ingest/v1/batch', method: 'POST', headers }, (answer) =>
      resolve(answer.resume().statusCode),
    )
      .on('error', reject)
      .end(JSON.stringify(site.batch()));
  });
  expect(status).toBe(200);
});

describe('counts that the sender made', () => {
  const counts = () => ({
    source: 'edge',
    batchId: `c${site.next()}`,
    revision: 1,
    binning: 'sha256:example',
    window: new Date(Math.floor(Date.now() / 300_000) * 300_000).toISOString(),
    counts: { items: { counts: [1, 2, 3, 0, 0], apart: { null: 4 } } },
  });

  it('are added as they are', async () => {
    expect(await site.send(counts())).toMatchObject({ status: 200, body: { accepted: 10, rows: 'counted' } });
    expect(await site.rowsOf('items')).toBe(10);
  });

  it.each([
    ['of another binning', { binning: 'sha256:other' }, 409, 'does not count on the binning'],
    ['with too few bins', { counts: { items: { counts: [1] } } }, 400, 'has 5 bins'],
    [
      'without sums where there must be some',
      { counts: { amount: { counts: Array.from({ length: 20 }, () => 1) } } },
      400,
      'sums',
    ],
    ['with a negative count', { counts: { items: { counts: [-1, 0, 0, 0, 0] } } }, 400, 'counts.items'],
    ['of a window between two', { window: '2026-11-26T12:01:00Z' }, 400, '5 minutes'],
    ['of a window long ago', { window: '2020-01-01T00:00:00Z' }, 400, 'seven days'],
  ])('%s are refused', async (_name, change, status, sentence) => {
    const answer = await site.send({ ...counts(), ...change });
    expect(answer.status).toBe(status);
    expect(messageOf(answer)).toContain(sentence);
  });
});

describe('a service without bins', () => {
  it('has first rows kept, at most 10,000, and none twice', async () => {
    const { db } = site.running.test;
    const bare = await IngestFixture.create(db);
    const { secret } = await createToken(bare.project.as('admin'), {
      projectId: bare.project.projectId,
      name: 'first rows',
      serviceId: bare.serviceId,
      expiresInDays: null,
    });
    const first = JSON.stringify(site.batch({ rows: [{ id: 'x', f: { amount: 5 }, p: { score: 1 } }] }));
    const answer = await site.send(first, { token: secret });
    expect(answer.body).toMatchObject({ rows: 'kept', accepted: 1, unknown: {} });
    await site.send(first, { token: secret });
    const kept = async () =>
      (
        await db.execute<{ row: unknown }>(
          sql`select row from drift_reservoir where service_id = ${bare.serviceId}`,
        )
      ).rows;
    expect(await kept()).toEqual([
      { row: { ts: expect.any(String) as string, f: { amount: 5 }, p: { score: 1 } } },
    ]);
    for (let sent = 0; sent < 3; sent += 1)
      await site.send(
        site.batch({ rows: Array.from({ length: 5_000 }, (_, index) => ({ f: { amount: index } })) }),
        {
          token: secret,
        },
      );
    expect(await kept()).toHaveLength(10_000);
  });
});

it('without PostgreSQL a batch is refused at once, to be sent again', async () => {
  const away = createDatabase('postgres://nobody@127.0.0.1:9/none', { connectTimeoutMs: 500 });
  const answer = await openIngest(away.db).app.request(
    '/api/ingest/v1/batch',
    {
      method: 'POST',
      headers: { authorization: `Bearer ${site.token}` },
      body: JSON.stringify(site.batch()),
    },
    { incoming: Readable.from([]) },
  );
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  await away.close();
});
