import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import type { SmtpTarget } from '../../../domain/channel.ts';
import type { Notice } from '../../../domain/notice.ts';
import { log } from '../../log.ts';
import { OutboxWorld } from './outbox-fixture.ts';
import { MailReceiver } from './receivers.test-support.ts';

let database: TestDatabase;
let world: OutboxWorld;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  log.level = 'silent';
  database = await testDatabase();
});
beforeEach(async () => {
  world = await OutboxWorld.create(database.db);
  closers.push(() => world.close());
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await database.db.execute(sql`truncate delivery, notice, channel`);
});
afterAll(() => database.drop());

const place = { service: 'scoring', environment: 'production', production: true };
const held: Notice = { kind: 'held', ...place, revision: 4, weightPercent: 25, lacks: '' };
const soon = { timeout: 8_000, interval: 20 };

async function states(): Promise<string[]> {
  return (await world.deliveries()).map(({ state, attempts }) => `${state} ${attempts}`);
}

describe('e-mail', () => {
  const target = (port: number, more: Partial<SmtpTarget> = {}): SmtpTarget => ({
    kind: 'smtp',
    host: '127.0.0.1',
    port,
    security: 'none',
    username: '',
    from: 'fairlead@example.test',
    to: ['team@example.test'],
    ...more,
  });
  async function mailServer(options: Parameters<typeof MailReceiver.open>[0] = {}) {
    const server = await MailReceiver.open(options);
    closers.push(() => server.close());
    return server;
  }

  it('goes to the list and to the owner of the service, one mail each, with the sentence and the link', async () => {
    const server = await mailServer();
    await world.channel(target(server.port));
    world.courier();
    const noticeId = await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 1', 'sent 1']), soon);
    const [owner] = (
      await database.db.execute<{ email: string }>(
        sql`select email from account where user_id = ${world.fixture.people.operator.id}`,
      )
    ).rows;
    const wanted = [String(owner?.email), 'team@example.test'].sort();
    expect(server.mails.flatMap(({ to }) => to).sort()).toEqual(wanted);
    const text = server.mails[0]?.text.replaceAll('=\r\n', '').replaceAll('=3D', '=') ?? '';
    expect(text).toContain(`https://fairlead.test/notices/${noticeId}`);
    expect(text).toContain(`<${noticeId}.begin@fairlead.invalid>`);
    expect(text).toMatch(/Subject: Revision 4 of scoring in production is held/);
  });

  it('of a request goes to those who may sign it', async () => {
    const server = await mailServer();
    await world.channel(target(server.port, { to: [] }), { toOwner: false });
    world.courier();
    const { modelVersionId } = await world.fixture.version();
    await world.fixture.ask({ serviceId: world.fixture.serviceId, modelVersionId });
    world.ring();
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 1', 'sent 1']), soon);
    const subjects = server.mails.map(({ text }) => /Subject: ([^\r]*)/.exec(text)?.[1]);
    expect(subjects[0]).toMatch(/^fraud-detector \d+ waits for 2 signatures/);
  });

  it('is signed in for with the sealed password, and a refused one is not tried again', async () => {
    const server = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (auth, _, callback) =>
        auth.password === 'open sesame'
          ? callback(null, { user: auth.username ?? '' })
          : callback(new Error('No such user.')),
    });
    await world.channel(target(server.port, { username: 'fairlead' }), {
      secret: 'open sesame',
      toOwner: false,
    });
    await world.channel(target(server.port, { username: 'fairlead' }), { secret: 'wrong', toOwner: false });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect((await states()).sort()).toEqual(['dead 1', 'sent 1']), soon);
    const dead = (await world.deliveries()).find(({ state }) => state === 'dead');
    expect(dead?.answer).toMatchObject({ outcome: 'refused', status: 535 });
    expect(JSON.stringify(dead?.answer)).not.toContain('wrong');
  });

  it('that the server put off is sent later, and is marked when the line broke after the mail', async () => {
    const server = await mailServer();
    const later = Object.assign(new Error('Busy, come back.'), { responseCode: 451 });
    server.next.push(
      (_, callback) => callback(later),
      (socket) => socket.close(),
    );
    await world.channel(target(server.port), { toOwner: false });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting 1']), soon);
    expect(await world.deliveries()).toMatchObject([
      { maybeRepeated: false, answer: { outcome: 'failed', status: 451 } },
    ]);
    await world.hurry();
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting 2']), soon);
    expect(await world.deliveries()).toMatchObject([{ maybeRepeated: true, answer: { outcome: 'lost' } }]);
    await world.hurry();
    await vi.waitFor(async () => expect(await states()).toEqual(['sent 3']), soon);
    expect(server.mails[1]?.text).not.toContain('may be a repeat');
    expect(server.mails[2]?.text).toMatch(/may be a repeat/);
  });

  it('that must be encrypted is not sent in the open', async () => {
    const server = await mailServer();
    await world.channel(target(server.port, { security: 'startTls' }), { toOwner: false });
    world.courier();
    await world.emit(held);
    await vi.waitFor(async () => expect((await states())[0]).toMatch(/ 1$/), soon);
    expect(server.mails).toEqual([]);
  });
});
