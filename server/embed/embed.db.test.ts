import { gzipSync } from 'node:zlib';
import { eq } from 'drizzle-orm';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../db/schema/environments.ts';
import { instanceCurrency } from '../../db/schema/prices.ts';
import { shareOpening } from '../../db/schema/shares.ts';
import { gpuHour } from '../../domain/budget/budget-words.ts';
import { dayMs } from '../../domain/share/share-expiry.ts';
import { createBudget } from '../budgets/commands.ts';
import { createInstanceBudget } from '../budgets/instance-commands.ts';
import { databaseClock } from '../clock.ts';
import type { Context } from '../context.ts';
import { openSite, type RunningSite } from '../http/site-fixture.ts';
import { evaluateBudgets } from '../jobs/budgets/evaluate-due.ts';
import { LedgerFixture } from '../ledger-fixture.ts';
import { pauseShare, revokeShare, rotateShare } from '../shares/commands.ts';
import { createShare } from '../shares/create.ts';
import { ProjectFixture } from '../test-fixture.ts';
import { canary, expectNothingLeaks, plantCanaries } from './canary.test-support.ts';

let running: RunningSite;
let fixture: ProjectFixture;
let operator: Context;
beforeAll(async () => {
  running = await openSite();
  fixture = await ProjectFixture.create(running.test.db);
  await fixture.live();
  operator = { ...fixture.as('operator'), instanceKeys: running.site.instanceKeys };
});
afterAll(() => running.close());

const host = 'https://wiki.example';
type Draft = Parameters<typeof createShare>[1];
const make = async (change: Partial<Draft> = {}) =>
  await createShare(operator, {
    projectId: fixture.projectId,
    kind: 'share',
    title: 'Is it healthy?',
    labels: { [`service ${fixture.stagingServiceId}`]: 'Service A' },
    charts: [{ title: 'Errors', spec: { kind: 'errorShare', serviceId: fixture.stagingServiceId } }],
    range: { kind: 'relative', ms: dayMs },
    frameAncestors: [host],
    allowExport: ['csv', 'json', 'svg', 'png'],
    ...change,
  });
const ask = (path: string, authorization?: string, more: Record<string, string> = {}) =>
  fetch(`${running.url}${path}`, {
    headers: { ...(authorization === undefined ? {} : { authorization }), ...more },
  });
const sign = async (
  secret: string,
  claims: Record<string, unknown>,
  { alg = 'HS256' }: { alg?: string } = {},
) => await new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
const seconds = () => Math.floor(Date.now() / 1_000);
const claimsOf = (shareId: string) => ({ aud: 'embed', sub: shareId, iat: seconds(), exp: seconds() + 300 });
const page = async (path: string) => {
  const answer = await ask(path);
  return { answer, body: await answer.text(), csp: answer.headers.get('content-security-policy') ?? '' };
};

describe('the page of a share', () => {
  it('is a static page with one script, framed by the listed origins alone, that holds no data and sets no cookie', async () => {
    const { shareId } = await make();
    const { answer, body, csp } = await page(`/share/${shareId}`);
    expect(answer.status).toBe(200);
    expect(csp).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${host}`,
    );
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'cross-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    for (const name of ['set-cookie', 'access-control-allow-origin', 'x-frame-options'])
      expect(answer.headers.get(name)).toBeNull();
    expect(body.match(/<script/g)).toHaveLength(1);
    expect(body).not.toMatch(/<style| style=|Is it healthy|Errors/);
    const unframed = await make({ frameAncestors: [] });
    expect((await page(`/share/${unframed.shareId}`)).csp).toContain("frame-ancestors 'none'");
  });

  it('weighs little: the script at most 25 kB, the SDK at most 3 kB, all with a chart at most 60 kB', async () => {
    const { shareId, secret } = await make();
    const sizes: Record<string, number> = {};
    for (const path of ['/embed/page.js', '/embed/page.css', '/embed/sdk.js', `/share/${shareId}`])
      sizes[path] = gzipSync(await (await ask(path)).text()).length;
    const data = gzipSync(await (await ask(`/share/${shareId}/data?width=800`, `Share ${secret}`)).text());
    expect(sizes['/embed/page.js']).toBeLessThan(25_000);
    expect(sizes['/embed/sdk.js']).toBeLessThan(3_000);
    const total = Object.values(sizes).reduce((sum, size) => sum + size, data.length);
    expect(total).toBeLessThan(60_000);
    expect(await (await ask('/embed/page.css')).text()).toContain('* {\nbox-sizing: border-box;\n}');
    const sdk = await ask('/embed/sdk.js');
    expect(sdk.headers.get('access-control-allow-origin')).toBeNull();
    expect(sdk.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  });

  it('is the same status page, framed by anyone, for unknown, foreign, paused, revoked and expired ones', async () => {
    const paused = await make();
    await pauseShare(operator, { shareId: paused.shareId });
    const revoked = await make();
    await revokeShare(operator, { shareId: revoked.shareId });
    const expired = await make();
    await running.test.db.$client.query(
      "update share set expires_at = now() - interval '1 second' where id = $1",
      [expired.shareId],
    );
    const open = await make();
    const pages = await Promise.all(
      [
        '/share/0199f3c0-0000-7000-8000-000000000001',
        '/share/none',
        `/share/${paused.shareId}`,
        `/share/${revoked.shareId}`,
        `/share/${expired.shareId}`,
        `/embed/${open.shareId}`,
        `/share/${open.shareId}/unknown`,
      ].map(page),
    );
    expect(new Set(pages.map(({ body }) => body)).size).toBe(1);
    expect(new Set(pages.map(({ answer }) => answer.status))).toEqual(new Set([404]));
    for (const { csp } of pages) expect(csp).toMatch(/frame-ancestors \*$/);
    for (const { shareId, secret } of [paused, revoked, expired])
      expect((await ask(`/share/${shareId}/data`, `Share ${secret}`)).status).toBe(410);
  });
});

describe('data', () => {
  it('is answered to the secret of the link and counted with its host, and to nothing else', async () => {
    const { shareId, secret } = await make();
    const other = await make();
    const path = `/share/${shareId}/data?opening=1`;
    const answer = await ask(path, `Share ${secret}`, { 'x-fairlead-host': host });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const data = (await answer.json()) as { charts: { svg: string; title: string }[] };
    expect(data).toMatchObject({ title: 'Is it healthy?', charts: [{ title: 'Errors' }] });
    expect(data.charts[0]?.svg).toMatch(/^<svg/);
    expect(data.charts[0]?.svg).not.toContain(' style=');
    await ask(path, `Share ${secret}`, { 'x-fairlead-host': 'https://elsewhere.example' });
    const rows = (await running.test.db.select().from(shareOpening)).filter((row) => row.shareId === shareId);
    expect(new Map(rows.map(({ hostOrigin, count }) => [hostOrigin, count]))).toEqual(
      new Map([
        ['', 1],
        [host, 1],
      ]),
    );
    for (const wrong of [
      undefined,
      'Share x',
      `Share ${other.secret}`,
      `Embed ${secret}`,
      `Bearer ${secret}`,
    ])
      expect((await ask(path, wrong)).status).toBe(401);
    const { secret: next } = await rotateShare(operator, { shareId });
    expect((await ask(path, `Share ${secret}`)).status).toBe(401);
    expect((await ask(path, `Share ${next}`)).status).toBe(200);
  });

  it('is answered to a token that the host signed, for the two live secrets, until it is revoked', async () => {
    const { shareId, secret } = await make({ kind: 'signed' });
    const get = async (token: string) =>
      (await ask(`/embed/${shareId}/data?opening=1`, `Embed ${token}`)).status;
    const claims = claimsOf(shareId);
    expect(await get(await sign(secret, { ...claims, viewer: 'board meeting' }))).toBe(200);
    expect(
      (await running.test.db.select().from(shareOpening)).find((row) => row.shareId === shareId),
    ).toMatchObject({
      viewer: 'board meeting',
    });
    const { secret: second } = await rotateShare(operator, { shareId });
    expect(await get(await sign(secret, claims))).toBe(200);
    expect(await get(await sign(second, claims))).toBe(200);
    const { secret: third } = await rotateShare(operator, { shareId });
    expect(await get(await sign(secret, claims))).toBe(401);
    expect(await get(await sign(third, claims))).toBe(200);
    await rotateShare(operator, { shareId, endOld: true });
    expect(await get(await sign(third, claims))).toBe(401);
    await revokeShare(operator, { shareId });
    expect(await get(await sign(third, claims))).toBe(410);
  });

  it('is not answered to a token that is tampered with, foreign, too long, of a clock ahead or of another algorithm', async () => {
    const { shareId, secret } = await make({ kind: 'signed' });
    const other = await make({ kind: 'signed' });
    const claims = claimsOf(shareId);
    const good = await sign(secret, claims);
    const [head = '', body = '', mark = ''] = good.split('.');
    const plain = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tokens = {
      tampered: `${head}.${plain({ ...claims, exp: claims.exp + 1 })}.${mark}`,
      'alg none': `${plain({ alg: 'none' })}.${body}.`,
      'alg HS512': await sign(secret, claims, { alg: 'HS512' }),
      foreign: await sign(other.secret, claims),
      'of another embed': await sign(secret, { ...claims, sub: other.shareId }),
      'without exp': await sign(secret, { aud: 'embed', sub: shareId, iat: claims.iat }),
      expired: await sign(secret, { ...claims, iat: claims.iat - 60, exp: claims.iat - 1 }),
      'of a clock ahead': await sign(secret, { ...claims, iat: claims.iat + 60, exp: claims.iat + 120 }),
      'too long': await sign(secret, { ...claims, exp: claims.iat + 1_000 }),
      'with claims that widen': await sign(secret, { ...claims, range: '365d' }),
      'no token': 'x',
    };
    for (const [name, token] of Object.entries(tokens)) {
      const answer = await ask(`/embed/${shareId}/data`, `Embed ${token}`);
      expect([name, answer.status]).toEqual([name, 401]);
      expect(await answer.text()).not.toContain('svg');
    }
    expect((await ask(`/embed/${shareId}/data`, `Embed ${good}`)).status).toBe(200);
  });

  it('has only the range, the formats and the sizes that the share allows', async () => {
    const { shareId, secret } = await make({ allowExport: ['csv'] });
    const wide = await make({ allowTimeRange: true });
    const by = `Share ${secret}`;
    const status = async (path: string) => (await ask(`/share/${shareId}/${path}`, by)).status;
    expect(await status('data?range=30d')).toBe(403);
    expect(await status('data?from=0&to=1')).toBe(200);
    expect(await status('data?width=9000')).toBe(400);
    expect(await status('chart.csv')).toBe(200);
    expect(await status('chart.png')).toBe(403);
    expect(await status('chart.exe')).toBe(403);
    expect(await status('chart.csv?chart=1')).toBe(400);
    expect((await ask(`/share/${wide.shareId}/data?range=30d`, `Share ${wide.secret}`)).status).toBe(200);
    expect((await ask(`/share/${wide.shareId}/data?range=400d`, `Share ${wide.secret}`)).status).toBe(403);
  });

  it('is refused when it is asked for too often, and strangers do not use it up', async () => {
    const { shareId, secret } = await make();
    const spend = (key: string) =>
      running.test.db.$client.query(
        "insert into rate_window values ($1, date_trunc('minute', clock_timestamp()), 600), ($1, date_trunc('minute', clock_timestamp()) + interval '1 minute', 600)",
        [key],
      );
    await spend(`share:${shareId}:refused`);
    expect((await ask(`/share/${shareId}/data`, 'Share x')).status).toBe(429);
    expect((await ask(`/share/${shareId}/data`, `Share ${secret}`)).status).toBe(200);
    await running.test.db.$client.query('delete from rate_window where key = $1', [`share:${shareId}`]);
    await spend(`share:${shareId}`);
    expect((await ask(`/share/${shareId}/data`, `Share ${secret}`)).status).toBe(429);
  });

  it('ends with the chart: a subject that is gone leaves nothing to show', async () => {
    const { shareId, secret } = await make();
    await running.test.db.$client.query(
      `update share set content = jsonb_set(content, '{charts,0,spec,serviceId}', to_jsonb('0199f3c0-0000-7000-8000-00000000dead'::text)) where id = $1`,
      [shareId],
    );
    expect((await ask(`/share/${shareId}/data`, `Share ${secret}`)).status).toBe(410);
  });
});

describe('a picture', () => {
  const range = { kind: 'fixed' as const, from: Date.now() - dayMs, to: Date.now() };
  const picture = (format: 'png' | 'svg' | 'csv' | 'json') =>
    make({ kind: 'picture', range, allowExport: [format], expiresInDays: 7, frameAncestors: [] });

  it.each([
    ['png', 'image/png'],
    ['svg', 'image/svg+xml'],
    ['csv', 'text/csv; charset=utf-8'],
    ['json', 'application/json'],
  ] as const)('as %s is opened by its address alone, until it is revoked', async (format, type) => {
    const { shareId, secret } = await picture(format);
    const path = `/share/${shareId}/picture.${format}?sig=`;
    const answer = await ask(`${path}${secret}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await ask(`${path}x`)).status).toBe(401);
    expect((await ask(path.replace('?sig=', ''))).status).toBe(401);
    const otherFormat = format === 'csv' ? 'json' : 'csv';
    expect((await ask(`/share/${shareId}/picture.${otherFormat}?sig=${secret}`)).status).toBe(403);
    expect((await ask(`${path}${secret}&range=30d`)).status).toBe(403);
    expect((await ask(`${path}${secret}&width=9000`)).status).toBe(400);
    expect((await ask(`/share/${shareId}/data`, `Share ${secret}`)).status).toBe(410);
    await revokeShare(operator, { shareId });
    expect((await ask(`${path}${secret}`)).status).toBe(410);
  });
});

it('nothing that people named or wrote reaches strangers, in no kind of chart and no format', async () => {
  const other = await ProjectFixture.create(running.test.db);
  await other.live();
  const { projectId } = other;
  const admin = other.as({ ...other.people.admin, instanceRoles: ['admin'] });
  const budget = {
    name: 'Serving',
    unit: 'gpuHours' as const,
    period: { kind: 'calendar' as const, every: 'month' as const, timeZone: 'UTC', rolloverCapPercent: 10 },
    amount: (100n * gpuHour).toString(),
  };
  const scope = { projectId: null, environmentId: null, modelId: null, gpuProduct: null };
  await createBudget(other.as('admin'), { ...budget, projectId, scope: { ...scope, projectId } });
  await createInstanceBudget(admin, { ...budget, scope });
  await evaluateBudgets(running.test.db);
  expect(await plantCanaries(running.test.db)).toEqual(
    expect.arrayContaining(['service', 'model', 'principal', 'budget']),
  );
  const ctx = other.as('operator');
  await meter(other);
  const now = await databaseClock(running.test.db);
  const inside = await expectNothingLeaks({ ctx, admin, site: running.site, projectId, now });
  for (const grouping of ['project', 'environment', 'node'])
    expect(inside).toContain(`instanceCost by ${grouping}`);
  expect(inside).toEqual(
    expect.arrayContaining(['cost by environment', 'budget', 'instanceBudget', 'errorShare', 'weights']),
  );
});

/** Three hours of a node whose very id is a name, in which the project had two GPUs. */
async function meter({ db, clusterId, productionId, people }: ProjectFixture): Promise<void> {
  const toAt = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000);
  const fromAt = new Date(toAt.getTime() - 3 * 3_600_000);
  await db.insert(instanceCurrency).values({ currency: 'USD' });
  const [place] = await db
    .update(environment)
    .set({ createdAt: fromAt })
    .where(eq(environment.id, productionId))
    .returning();
  const ledger = new LedgerFixture(db, clusterId);
  const nodeUid = `node-${canary}`;
  await ledger.price(8_000_000_000n, people.admin.id);
  await ledger.node(nodeUid, { fromAt, toAt });
  await ledger.pod('pod', { fromAt, toAt, nodeUid, namespace: place?.namespace ?? '' });
}

it('while the database is away there is the status page, and no data', async () => {
  const away = await openSite();
  try {
    await away.test.db.$client.end();
    const id = '0199f3c0-0000-7000-8000-000000000001';
    const answer = await fetch(`${away.url}/share/${id}`);
    expect([answer.status, answer.headers.get('content-security-policy')]).toEqual([
      404,
      expect.stringMatching(/frame-ancestors \*$/),
    ]);
    expect(await answer.text()).toBe((await page('/share/none')).body);
    const data = await fetch(`${away.url}/share/${id}/data`, { headers: { authorization: 'Share x' } });
    expect(data.status).toBe(410);
  } finally {
    await away.close().catch(() => undefined);
  }
});
