import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { Principal } from '../../domain/principal.ts';
import { listInstanceAudit } from '../audit/queries.ts';
import { newSealKeys } from '../cluster/seal.ts';
import type { Context } from '../context.ts';
import { HttpReceiver, reactions } from '../jobs/delivery/receivers.test-support.ts';
import { beatOnce } from '../jobs/heartbeat.ts';
import { log } from '../log.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { removeHeartbeat, setHeartbeat } from './commands.ts';
import { getHeartbeat } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
let ada: Context;
let receiver: HttpReceiver;
const keys = newSealKeys();

beforeAll(async () => {
  log.level = 'silent';
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  const principal: Principal = { ...fixture.people.admin, instanceRoles: ['admin'] };
  ada = { ...fixture.as(principal), workerPublicKey: keys.publicKey };
  receiver = await HttpReceiver.open();
});
afterAll(async () => {
  await receiver.close();
  await test.drop();
});

const worker = () => ({ db: test.db, workerPrivateKey: keys.privateKey });
const minutePasses = () => test.db.execute(sql`update heartbeat set due_at = now() - interval '1 second'`);

describe('the heartbeat', () => {
  it('is called by one worker a minute, and its last call and answer are shown without its address', async () => {
    await setHeartbeat(ada, { url: receiver.url('/ping/secret-path') });
    const beats = await Promise.all([beatOnce(worker()), beatOnce(worker()), beatOnce(worker())]);
    expect(beats.filter((beat) => beat !== null)).toHaveLength(1);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/ping/secret-path']);
    const seen = await getHeartbeat(ada, undefined);
    expect(seen.heartbeat).toMatchObject({
      answer: { status: 200 },
      failingSince: null,
      calledAt: expect.any(Date),
    });
    expect(JSON.stringify(seen)).not.toContain('secret-path');
    await minutePasses();
    expect(await beatOnce(worker())).not.toBeNull();
    expect(receiver.received).toHaveLength(2);
  });

  it('that fails says since when until it is taken again', async () => {
    receiver.next.push(reactions.status(500), reactions.status(503));
    await minutePasses();
    await beatOnce(worker());
    const first = (await getHeartbeat(ada, undefined)).heartbeat;
    expect(first).toMatchObject({
      answer: { outcome: 'failed', status: 500 },
      failingSince: expect.any(Date),
    });
    await minutePasses();
    await beatOnce(worker());
    expect((await getHeartbeat(ada, undefined)).heartbeat?.failingSince).toEqual(first?.failingSince);
    await minutePasses();
    await beatOnce(worker());
    expect((await getHeartbeat(ada, undefined)).heartbeat?.failingSince).toBeNull();
  });

  it('is set and removed by admins of the instance alone, with audit, and never at a metadata address', async () => {
    const projectAdmin = fixture.as('admin');
    expect((await refusalOf(setHeartbeat(projectAdmin, { url: receiver.url() }))).code).toBe('forbidden');
    expect((await refusalOf(getHeartbeat(projectAdmin, undefined))).code).toBe('forbidden');
    expect(await refusalOf(setHeartbeat(ada, { url: 'http://169.254.169.254/' }))).toMatchObject({
      code: 'invalidInput',
      params: { field: 'url' },
    });
    await removeHeartbeat(ada, undefined);
    expect(await getHeartbeat(ada, undefined)).toEqual({ heartbeat: null });
    expect((await refusalOf(removeHeartbeat(ada, undefined))).code).toBe('notFound');
    const { items } = await listInstanceAudit(ada, { objectKind: 'heartbeat' });
    expect(items.map(({ action }) => action)).toEqual(['heartbeat.remove', 'heartbeat.set']);
  });
});
