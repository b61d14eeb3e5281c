import { createHmac, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import type { Notice } from '../../../domain/notice.ts';
import { log } from '../../log.ts';
import { OutboxWorld } from './outbox-fixture.ts';
import { HttpReceiver, reactions } from './receivers.test-support.ts';

let database: TestDatabase;
let world: OutboxWorld;
let receiver: HttpReceiver;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  log.level = 'silent';
  database = await testDatabase();
});
beforeEach(async () => {
  world = await OutboxWorld.create(database.db);
  receiver = await HttpReceiver.open();
  closers.push(
    () => receiver.close(),
    () => world.close(),
  );
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await database.db.execute(sql`truncate delivery, notice, channel`);
});
afterAll(() => database.drop());

const secret = `whsec_${randomBytes(24).toString('base64')}`;
const place = { service: 'scoring', environment: 'production', production: true };
const held: Notice = { kind: 'held', ...place, revision: 4, weightPercent: 25, lacks: '' };
const finished: Notice = {
  kind: 'finished',
  ...place,
  version: 'fraud 7',
  revision: 4,
  tookMs: 60_000,
  requests: 10,
};
const heldSentence =
  'Revision 4 of scoring in production is held at 25 %: its deadline passed without a verdict.';
const soon = { timeout: 8_000, interval: 20 };

const own = () => ({ kind: 'webhook', format: 'own', url: receiver.url() }) as const;

async function states(): Promise<string[]> {
  return (await world.deliveries()).map(({ state, attempts }) => `${state} ${attempts}`);
}

describe('a webhook', () => {
  it('gets one signed sentence with figures and a link, as soon as the change is stored', async () => {
    await world.channel(own(), { secret });
    world.courier();
    const noticeId = await world.emit(held);
    await receiver.count(1);
    const [got] = receiver.received;
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = got?.headers ?? {};
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key)
      .update(`${String(id)}.${String(at)}.${got?.body}`)
      .digest('base64');
    expect(signature).toBe(`v1,${expected}`);
    expect(Math.abs(Number(at) - Date.now() / 1_000)).toBeLessThan(5);
    expect(receiver.json(0)).toMatchObject({
      type: 'notice.began',
      id: `${noticeId}.begin`,
      possiblyRepeated: false,
      data: [
        {
          severity: 'high',
          sentence: heldSentence,
          link: `https://fairlead.test/notices/${noticeId}`,
          figures: { weightPercent: 25 },
        },
      ],
    });
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 1']), soon);
    expect((await world.deliveries())[0]?.answer).toMatchObject({
      outcome: 'accepted',
      status: 200,
      text: 'ok',
    });
  });

  it('that fails is tried again with the same id, later each time, and then is not sent to again', async () => {
    receiver.next.push(reactions.status(500), reactions.status(503));
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting 1']), soon);
    const [first] = await world.deliveries();
    expect(first?.dueAt.getTime()).toBeGreaterThan(Date.now() + 1_000);
    expect(first?.answer).toMatchObject({ outcome: 'failed', status: 500, text: 'not now' });
    await world.hurry();
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting 2']), soon);
    await world.hurry();
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 3']), soon);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    // Answers of 5xx were heard: none of these counts as a repeat.
    expect(receiver.json(2)).toMatchObject({ possiblyRepeated: false });
    world.ring();
    await world.hurry();
    expect(receiver.received).toHaveLength(3);
  });

  it('that throttles is left alone for as long as it says', async () => {
    receiver.next.push(reactions.status(429, { 'retry-after': '600' }));
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting 1']), soon);
    const dueInMs = ((await world.deliveries())[0]?.dueAt.getTime() ?? 0) - Date.now();
    expect(dueInMs).toBeGreaterThan(590_000);
    expect(dueInMs).toBeLessThan(601_000);
  });

  it('whose answer was lost gets the same again, marked as a possible repeat in the log and in the message', async () => {
    receiver.next.push(reactions.reset());
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting 1']), soon);
    expect(await world.deliveries()).toMatchObject([{ maybeRepeated: true, answer: { outcome: 'lost' } }]);
    await world.hurry();
    await receiver.count(2);
    const [first, second] = receiver.received;
    expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
    expect(receiver.json(0)).toMatchObject({ possiblyRepeated: false });
    expect(receiver.json(1)).toMatchObject({ possiblyRepeated: true });
    expect(second?.headers['x-fairlead-possibly-repeated']).toBe('true');
  });

  it('that cannot be connected to was not told: what it gets when it is back is no repeat', async () => {
    const { port } = receiver;
    await world.channel(own(), { secret });
    await receiver.close();
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting 1']), soon);
    expect(await world.deliveries()).toMatchObject([{ maybeRepeated: false, answer: { outcome: 'failed' } }]);
    receiver = await HttpReceiver.open(port);
    await world.hurry();
    await receiver.count(1);
    expect(receiver.json(0)).toMatchObject({ possiblyRepeated: false });
  });

  it('that hangs holds up no other channel', async () => {
    const slow = await HttpReceiver.open();
    closers.push(() => slow.close());
    slow.next.push(reactions.hang(), reactions.hang(), reactions.hang());
    await world.channel({ kind: 'webhook', format: 'own', url: slow.url() }, { secret });
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held);
    await world.emit(held);
    await receiver.count(2);
    expect(slow.received).toHaveLength(1);
    // Ends its attempt, so that the courier can close.
    await slow.close();
  });

  it('that refuses for good is not asked again, and says why', async () => {
    receiver.next.push(reactions.status(403));
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['dead 1']), soon);
    expect(await world.deliveries()).toMatchObject([{ answer: { status: 403, text: 'not now' } }]);
  });

  it('at a private address that no admin allowed is never connected to', async () => {
    await database.db.execute(sql`delete from egress_allowance`);
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['dead 1']), soon);
    expect((await world.deliveries())[0]?.answer).toMatchObject({
      text: expect.stringContaining('not a public address'),
    });
    expect(receiver.received).toEqual([]);
  });

  it('whose address was changed behind the seal gets nothing', async () => {
    const id = await world.channel(own(), { secret });
    const other = { ...own(), url: 'http://127.0.0.1:9/hook' };
    await database.db.execute(
      sql`update channel set target = ${JSON.stringify(other)}::jsonb where id = ${id}`,
    );
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['dead 1']), soon);
    expect(receiver.received).toEqual([]);
  });
});

describe('several workers', () => {
  it('do not take for ever what ends each of them', async () => {
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 1']), soon);
    const past = sql`clock_timestamp() - interval '1 second'`;
    await database.db.execute(
      sql`update delivery set state = 'sending', attempts = 20, claim_until = ${past}`,
    );
    world.ring();
    await vi.waitFor(async () => expect(await states()).toEqual(['dead 20']), soon);
    expect(receiver.received).toHaveLength(1);
  });

  it('send each message once', async () => {
    await world.channel(own(), { secret });
    await world.channel({ kind: 'slack', host: '127.0.0.1' }, { secret: receiver.url('/slack') });
    for (let count = 0; count < 4; count += 1) world.courier();
    await Promise.all(Array.from({ length: 15 }, () => world.emit(held)));
    await vi.waitFor(async () => expect(await states()).toEqual(Array(30).fill('sent 1')), {
      timeout: 30_000,
      interval: 50,
    });
    expect(receiver.received).toHaveLength(30);
    expect(new Set(receiver.received.map(({ path, body }) => `${path} ${body}`)).size).toBe(30);
  });
});

describe('what lasts', () => {
  it('is told once when it begins and once when it is over', async () => {
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held, 'held:1');
    expect(await world.emit(held, 'held:1')).toBeNull();
    await receiver.count(1);
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 1']), soon);
    await world.end('held:1');
    await receiver.count(2);
    expect(receiver.json(1)).toMatchObject({
      type: 'notice.ended',
      data: [{ sentence: expect.stringMatching(/is no longer held at 25 %, after/) }],
    });
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 1', 'sent 1']), soon);
    // Afterwards it may begin again.
    expect(await world.emit(held, 'held:1')).not.toBeNull();
  });

  it('and is over before anybody was told is told to nobody', async () => {
    receiver.next.push(reactions.status(500));
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(held, 'held:2');
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting 1']), soon);
    await world.end('held:2');
    await vi.waitFor(async () => expect(await states()).toEqual(['withdrawn 1']), soon);
    await world.hurry();
    expect(receiver.received).toHaveLength(1);
  });

  it('for less than its grace is told to nobody, and for longer to all', async () => {
    const gone: Notice = { kind: 'clusterUnreachable', cluster: 'eu-1', services: 2, message: 'It is down.' };
    await world.channel(own(), { secret });
    world.courier();
    await world.emit(gone, 'cluster:1');
    await world.end('cluster:1');
    await world.emit(gone, 'cluster:2');
    await world.hurry();
    await receiver.count(1);
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 1']), soon);
  });

  it('is resolved in the systems that keep it open', async () => {
    for (const format of ['pagerduty', 'opsgenie', 'alertmanager'] as const)
      await world.channel(
        { kind: 'webhook', format, url: receiver.url(`/${format}`) },
        { secret: format === 'alertmanager' ? secret : 'the-key' },
      );
    world.courier();
    const noticeId = await world.emit(held, 'held:3');
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 1', 'sent 1', 'sent 1']), soon);
    await world.end('held:3');
    await receiver.count(6);
    const of = (format: string) =>
      receiver.received
        .filter(({ path }) => path.startsWith(`/${format}`))
        .map(({ path, body, headers }) => ({ path, headers, ...(JSON.parse(body) as object) }));
    expect(of('pagerduty')).toMatchObject([
      {
        routing_key: 'the-key',
        event_action: 'trigger',
        dedup_key: noticeId,
        payload: { summary: heldSentence, source: 'scoring', severity: 'critical' },
        links: [{ href: `https://fairlead.test/notices/${noticeId}` }],
      },
      { routing_key: 'the-key', event_action: 'resolve', dedup_key: noticeId },
    ]);
    expect(of('opsgenie')).toMatchObject([
      {
        path: '/opsgenie',
        headers: { authorization: 'GenieKey the-key' },
        message: heldSentence,
        alias: noticeId,
        priority: 'P1',
      },
      { path: `/opsgenie/${noticeId}/close?identifierType=alias`, source: 'Fairlead' },
    ]);
    expect(of('alertmanager')).toMatchObject([
      { version: '4', status: 'firing', alerts: [{ status: 'firing', endsAt: '0001-01-01T00:00:00Z' }] },
      { version: '4', status: 'resolved', alerts: [{ status: 'resolved', labels: { alertname: 'held' } }] },
    ]);
  });
});

describe('quiet hours', () => {
  const always = { from: '00:00', to: '23:59', timeZone: 'UTC' };

  it('let what is urgent through, and the rest out together when they end', async () => {
    await world.channel(own(), { secret, quietHours: always });
    world.courier();
    await world.emit(finished);
    await world.emit(finished);
    await world.emit(held);
    await receiver.count(1);
    await vi.waitFor(async () =>
      expect((await states()).sort()).toEqual(['sent 1', 'waiting 0', 'waiting 0']),
    );
    expect(receiver.json(0)).toMatchObject({ data: [{ kind: 'held' }] });
    receiver.next.push(reactions.status(500));
    await world.hurry();
    await receiver.count(2);
    await vi.waitFor(async () =>
      expect((await states()).sort()).toEqual(['sent 1', 'waiting 1', 'waiting 1']),
    );
    await world.hurry();
    await receiver.count(3);
    expect(receiver.json(1)).toMatchObject({ type: 'notice.digest', data: [{}, {}] });
    expect(receiver.json(2).id).toBe(receiver.json(1).id);
    await vi.waitFor(async () => expect((await states()).sort()).toEqual(['sent 1', 'sent 2', 'sent 2']));
  });
});
