import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { allowEgress } from '../allowances/commands.ts';
import { newSealKeys } from '../cluster/seal.ts';
import type { Context } from '../context.ts';
import { openKafkaSecret } from '../kafka-secret.ts';
import { ProjectFixture, refusalOf } from '../test-fixture.ts';
import { createKafkaSource, removeKafkaSource, updateKafkaSource } from './commands.ts';
import { listKafkaSources } from './queries.ts';

let test: TestDatabase;
let fixture: ProjectFixture;
const keys = newSealKeys();

beforeAll(async () => {
  test = await testDatabase();
  fixture = await ProjectFixture.create(test.db);
  const admin = { ...fixture.people.admin, instanceRoles: ['admin' as const] };
  await allowEgress(fixture.as(admin), { target: '10.1.2.3', purpose: 'Kafka' });
});
afterAll(() => test.drop());

const as = (who: 'operator' | 'engineer' | 'stranger'): Context => ({
  ...fixture.as(who),
  workerPublicKey: keys.publicKey,
});
const open = { tls: false, caPem: null, sasl: null };
const signIn = { ...open, sasl: { mechanism: 'SCRAM-SHA-256' as const, username: 'reader' } };
const fields = (topic: string) => ({
  brokers: ['10.1.2.3:9092'],
  topic,
  format: 'batch' as const,
  startAt: 'earliest' as const,
  access: open,
});
const create = (
  topic: string,
  changed: object = {},
  who: 'operator' | 'engineer' | 'stranger' = 'operator',
) => createKafkaSource(as(who), { serviceId: fixture.stagingServiceId, ...fields(topic), ...changed });

async function stored(sourceId: string) {
  const { rows } = await test.db.execute<{ sealed_secret: string | null; brokers: string[] }>(
    sql`select sealed_secret, brokers from kafka_source where id = ${sourceId}`,
  );
  return rows[0];
}

describe('a Kafka source', () => {
  it('is made by an operator, is listed, and stands in the audit trail without its password', async () => {
    const { sourceId } = await create('rows', { access: signIn, password: 'very secret' });
    const { sources } = await listKafkaSources(as('engineer'), { serviceId: fixture.stagingServiceId });
    expect(sources).toMatchObject([{ id: sourceId, topic: 'rows', state: 'new', partitions: [] }]);
    const audit = await fixture.auditOf(fixture.stagingServiceId);
    expect(audit.at(-1)).toMatchObject({ action: 'kafkaSources.create' });
    expect(JSON.stringify([sources, audit])).not.toContain('very secret');
    const sealed = (await stored(sourceId))?.sealed_secret ?? '';
    const place = { sourceId, brokers: ['10.1.2.3:9092'], access: signIn };
    expect(openKafkaSecret(keys.privateKey, sealed, place)).toBe('very secret');
    const elsewhere = { ...place, brokers: ['10.9.9.9:9092'] };
    expect(openKafkaSecret(keys.privateKey, sealed, elsewhere)).toBeNull();
  });

  it('is for operators of its project', async () => {
    expect((await refusalOf(create('other', {}, 'engineer'))).code).toBe('forbidden');
    expect((await refusalOf(create('other', {}, 'stranger'))).code).toBe('notFound');
    const { sourceId } = await create('mine');
    expect((await refusalOf(removeKafkaSource(as('engineer'), { sourceId }))).code).toBe('forbidden');
    expect((await refusalOf(removeKafkaSource(as('stranger'), { sourceId }))).code).toBe('notFound');
  });

  it('may not lead where outgoing requests may not go', async () => {
    const refusal = await refusalOf(create('inside', { brokers: ['10.1.2.4:9092'] }));
    expect(refusal).toMatchObject({ code: 'invalidInput', params: { field: 'brokers' } });
    expect(refusal.fix).toContain('admin of the instance');
    const metadata = await refusalOf(create('inside', { brokers: ['169.254.169.254:9092'] }));
    expect(metadata.code).toBe('invalidInput');
  });

  it('sends no password in the open by PLAIN, and none that was given for another user', async () => {
    const plain = { ...open, sasl: { mechanism: 'PLAIN' as const, username: 'reader' } };
    expect((await refusalOf(create('plain', { access: plain, password: 'x' }))).message).toContain('TLS');
    expect((await refusalOf(create('none', { access: signIn }))).message).toContain('Give the password');
    const { sourceId } = await create('moves', { access: signIn, password: 'x' });
    const { startAt: _, ...kept } = { ...fields('moves'), sourceId };
    const other = { ...signIn, sasl: { ...signIn.sasl, username: 'root' } };
    const moved = updateKafkaSource(as('operator'), { ...kept, access: other });
    expect((await refusalOf(moved)).message).toContain('another user');
    await updateKafkaSource(as('operator'), { ...kept, format: 'kserve', access: signIn });
    expect((await stored(sourceId))?.sealed_secret).not.toBeNull();
  });

  it('is read once per topic, and after it was removed its password is gone', async () => {
    const { sourceId } = await create('twice', { access: signIn, password: 'x' });
    expect((await refusalOf(create('twice'))).code).toBe('nameTaken');
    await removeKafkaSource(as('operator'), { sourceId });
    expect((await stored(sourceId))?.sealed_secret).toBeNull();
    await create('twice');
  });
});
