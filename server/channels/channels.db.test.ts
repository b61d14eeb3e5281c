import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressAllowance } from '../../db/schema/egress.ts';
import { channel, delivery, notice } from '../../db/schema/notices.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { everything } from '../../domain/channel.ts';
import { openChannelSecret } from '../channel-secret.ts';
import { newSealKeys } from '../cluster/seal.ts';
import type { Context } from '../context.ts';
import { newId } from '../id.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createChannel, removeChannel, sendTest, updateChannel } from './commands.ts';
import { getChannel, listChannels } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let other: ProjectFixture;
const keys = newSealKeys();
const secret = `whsec_${randomBytes(24).toString('base64')}`;
const rules = everything;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  other = await ProjectFixture.create(test.db);
  await test.db
    .insert(egressAllowance)
    .values({ id: newId(), target: '127.0.0.1', purpose: 'Tests.', addedAt: new Date() });
});
afterAll(() => test.drop());

function as(who: Parameters<ProjectFixture['as']>[0]): Context {
  return { ...fixture.as(who), workerPublicKey: keys.publicKey };
}

const hook = { kind: 'webhook', format: 'own', url: 'http://127.0.0.1:8080/hook' } as const;

async function make(name: string, more: object = {}) {
  const { projectId } = fixture;
  return await createChannel(as('admin'), { projectId, name, target: hook, secret, rules, ...more });
}

async function stored(channelId: string) {
  const [row] = await test.db.select().from(channel).where(eq(channel.id, channelId));
  if (row === undefined) throw new Error('gone');
  return row;
}

describe('a channel', () => {
  it('keeps its secret so that only the worker opens it, and no page, list or audit ever has it', async () => {
    const { channelId } = await make('sealed');
    const row = await stored(channelId);
    expect(openChannelSecret(keys.privateKey, row.sealedSecret ?? '', { channelId, target: hook })).toBe(
      secret,
    );
    const seen = JSON.stringify([
      await listChannels(as('viewer'), { projectId: fixture.projectId }),
      await getChannel(as('viewer'), { channelId }),
      await fixture.auditOf(channelId),
    ]);
    expect(seen).toContain('sealed');
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain(row.sealedSecret);
    expect((await fixture.auditOf(channelId)).map(({ action }) => action)).toEqual(['channels.create']);
  });

  it('of Slack shows its host alone, because its path is the secret', async () => {
    const url = 'http://127.0.0.1:8080/services/T000/B000/verysecret';
    const { channelId } = await make('slack', { target: { kind: 'slack', url }, secret: null });
    const row = await stored(channelId);
    expect(row.target).toEqual({ kind: 'slack', host: '127.0.0.1:8080' });
    expect(JSON.stringify(row)).not.toContain('verysecret');
    await updateChannel(as('admin'), { channelId, target: { kind: 'slack', url: null } });
    expect((await stored(channelId)).sealedSecret).toBe(row.sealedSecret);
  });

  it('that is led elsewhere loses its secret until it is typed in again', async () => {
    const { channelId } = await make('moved');
    const target = { ...hook, url: 'http://127.0.0.1:9090/hook' };
    expect(await refusalOf(updateChannel(as('admin'), { channelId, target }))).toMatchObject({
      code: 'invalidInput',
      params: { field: 'secret' },
    });
    await updateChannel(as('admin'), { channelId, target, secret });
    const row = await stored(channelId);
    expect(
      openChannelSecret(keys.privateKey, row.sealedSecret ?? '', { channelId, target: hook }),
    ).toBeNull();
    expect(openChannelSecret(keys.privateKey, row.sealedSecret ?? '', { channelId, target })).toBe(secret);
    // Another path of the same origin is the same receiver.
    await updateChannel(as('admin'), {
      channelId,
      target: { ...target, url: 'http://127.0.0.1:9090/other' },
    });
    expect((await stored(channelId)).sealedSecret).toBe(row.sealedSecret);
  });

  it.each([
    ['a private address', { target: { ...hook, url: 'http://10.0.0.1/' } }, 'not a public address'],
    ['metadata', { target: { ...hook, url: 'http://169.254.169.254/' } }, 'never called'],
    ['a mail server at a private address', { target: mail('192.168.1.1', 25), secret: null }, 'not a public'],
    ['a port that is not of mail', { target: mail('1.1.1.1', 6379), secret: null }, 'Port 6379'],
    ['a weak signing secret', { secret: 'hunter2' }, 'whsec_'],
    ['no secret', { secret: null }, 'missing'],
    ['a password without a user', { target: mail('127.0.0.1', 2525), secret: 'x' }, 'nobody signs in'],
    [
      'a zone that is none',
      { rules: { ...rules, quietHours: { from: '22:00', to: '07:00', timeZone: 'X/Y' } } },
      'time zone',
    ],
  ])('with %s is refused with a sentence', async (_, change, words) => {
    const found = await refusalOf(make('bad', change));
    expect(found.code).toBe('invalidInput');
    expect(found.message).toContain(words);
  });

  it('has a name of its own, and is only for admins of its project to change', async () => {
    const { channelId } = await make('mine');
    expect((await refusalOf(make('mine'))).code).toBe('nameTaken');
    for (const act of [
      (ctx: Context) => updateChannel(ctx, { channelId, name: 'x' }),
      (ctx: Context) => removeChannel(ctx, { channelId }),
      (ctx: Context) => sendTest(ctx, { channelId }),
    ]) {
      expect((await refusalOf(act(as('viewer')))).code).toBe('forbidden');
      expect((await refusalOf(act({ ...other.as('admin'), workerPublicKey: '' }))).code).toBe('notFound');
    }
    expect((await refusalOf(getChannel(other.as('viewer'), { channelId }))).code).toBe('notFound');
  });

  it('that is turned off or removed takes back what waits in it, and a removed one its secret', async () => {
    const { channelId } = await make('off');
    const { noticeId } = await sendTest(as('admin'), { channelId });
    const { projectId } = fixture;
    await test.db.insert(delivery).values({
      id: newId(),
      projectId,
      noticeId,
      channelId,
      part: 'begin',
      state: 'waiting',
      dueAt: new Date(),
      createdAt: new Date(),
    });
    await updateChannel(as('admin'), { channelId, enabled: false });
    const [row] = await test.db.select().from(delivery).where(eq(delivery.channelId, channelId));
    expect(row?.state).toBe('withdrawn');
    await removeChannel(as('admin'), { channelId });
    expect(await stored(channelId)).toMatchObject({ sealedSecret: null, removedAt: expect.any(Date) });
    expect((await refusalOf(getChannel(as('viewer'), { channelId }))).code).toBe('notFound');
    expect((await fixture.auditOf(channelId)).map(({ action }) => action)).toEqual([
      'channels.create',
      'channels.sendTest',
      'channels.update',
      'channels.remove',
    ]);
  });

  it('is tested by a notice that only it hears', async () => {
    const { channelId } = await make('tested');
    const { noticeId } = await sendTest(as('admin'), { channelId });
    const [row] = await test.db.select().from(notice).where(eq(notice.id, noticeId));
    expect(row).toMatchObject({ kind: 'test', objectId: channelId, severity: 'low' });
    expect(row?.routeAt).not.toBeNull();
  });
});

function mail(host: string, port: number) {
  const common = { kind: 'smtp', security: 'tls', username: '', from: 'a@example.test', to: [] } as const;
  return { ...common, host, port };
}
