import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { storeBatches } from '../append-batch.ts';
import { foldAll } from '../folder.ts';
import { IngestFixture } from '../ingest-fixture.ts';
import { type IngestParts, ingestParts } from '../ingest-parts.ts';
import { fromRows } from '../take-batch.ts';
import { type KafkaLog, KafkaProblem } from './kafka-log.ts';
import { MemoryLog } from './log-fixture.ts';
import { type Reading, TopicReader } from './topic-reader.ts';

let test: TestDatabase;
let fixture: IngestFixture;
let parts: IngestParts;
let log: MemoryLog;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await IngestFixture.create(test.db);
  await fixture.bin();
  parts = ingestParts(test.db);
});
afterAll(() => test.drop());
beforeEach(async () => {
  await fixture.forget();
  await test.db.execute(sql`truncate kafka_offset`);
  log = new MemoryLog();
});

const ts = new Date().toISOString();
const rows = (amounts: readonly number[]) => amounts.map((amount) => ({ ts, f: { amount, country: 'DE' } }));
const record = (...amounts: number[]) => ({ revision: 1, rows: rows(amounts) });
const amounts = (count: number) => Array.from({ length: count }, (_, index) => 60 + index);

function reader(changed: Partial<Reading> = {}, from: KafkaLog = log): TopicReader {
  const reading = {
    topic: 'rows',
    format: 'batch',
    startAt: 'earliest',
    ...fixture.scope,
    ...changed,
  } as const;
  return new TopicReader(parts, reading, from);
}

/** Until two rounds give nothing: the second one sees what a first one only began. */
async function drain(one: TopicReader): Promise<void> {
  for (let empty = 0; empty < 2; ) empty = (await one.round()) === 0 ? empty + 1 : 0;
  await foldAll(test.db);
}

/** The counters of the same rows sent as one batch. */
async function expected(list: readonly unknown[]): Promise<string[]> {
  const before = await fixture.counters();
  await fixture.forget();
  const counting = await parts.catalogues.of(fixture.serviceId);
  const { revisionId } = fixture;
  const key = { source: 'one', batchId: 'one' };
  await storeBatches(test.db, [fromRows(key, list, { counting, revisionId, sha256: 'one' }).batch]);
  await foldAll(test.db);
  const counters = await fixture.counters();
  expect(before).not.toEqual([]);
  return counters;
}

async function tallies(): Promise<Record<string, number>> {
  const found = await test.db.execute<{ name: string; rows: bigint }>(
    sql`select name, rows from ingest_tally`,
  );
  return Object.fromEntries(found.rows.map((row) => [row.name, Number(row.rows)]));
}

async function gaps(): Promise<(number | null)[]> {
  const found = await test.db.execute<{ gap_records: bigint | null }>(sql`
    select gap_records from kafka_offset where gap_at is not null order by partition`);
  return found.rows.map((row) => (row.gap_records === null ? null : Number(row.gap_records)));
}

describe('a topic', () => {
  it('is counted as the same rows in one batch are, over all its partitions', async () => {
    log.write(amounts(20).map((amount) => record(amount, amount + 1)));
    await drain(reader());
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows(amounts(20).flatMap((amount) => [amount, amount + 1]))));
  });

  it('is counted once by consumers that read it at the same time, and once more by nobody after them', async () => {
    log.write(amounts(30).map((amount) => record(amount)));
    await Promise.all([drain(reader()), drain(reader()), drain(reader())]);
    await drain(reader());
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows(amounts(30))));
  });

  it('loses nothing and repeats nothing when the broker goes and the consumer begins anew', async () => {
    log.write(amounts(7).map((amount) => record(amount)));
    const first = reader();
    await first.round();
    log.away = true;
    await expect(first.round()).rejects.toThrow(KafkaProblem);
    log.away = false;
    log.write(amounts(5).map((amount) => record(amount)));
    await drain(first);
    await drain(reader());
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows([...amounts(7), ...amounts(5)])));
  });

  it('is begun at its end when it is asked so, but a partition that is added later at its first record', async () => {
    log.write([record(60), record(61)], 1);
    const late = reader({ startAt: 'latest' });
    await late.round();
    log.write([record(70), record(71)], 2);
    await drain(reader({ startAt: 'latest' }));
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows([70, 71])));
  });

  it('goes on behind records that ended unread, and says how many', async () => {
    log.write(
      amounts(4).map((amount) => record(amount)),
      1,
    );
    const one = reader();
    await one.round();
    log.write(
      amounts(6).map((amount) => record(amount)),
      1,
    );
    log.expire(0, 6);
    await drain(one);
    expect(await gaps()).toEqual([3]);
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows([60, 61, 62, ...amounts(6).slice(2)])));
  });

  it('that was made anew is read from its first record, with a gap of which nobody knows how long', async () => {
    log.write([record(60)], 1);
    await drain(reader());
    const anew = new MemoryLog();
    anew.topicId = '00000000-0000-4000-8000-000000000002';
    anew.write([record(61), record(62)], 1);
    await drain(reader({ startAt: 'latest' }, anew));
    expect(await gaps()).toEqual([null]);
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows([60, 61, 62])));
  });
});

describe('a record', () => {
  it('with a batch id counts once, however often its producer wrote it; another one under its id is tallied', async () => {
    const named = { source: 'pod', batchId: 'a', ...record(60, 61) };
    log.write([named, named, named, { ...named, rows: rows([90]) }]);
    await drain(reader());
    expect(await tallies()).toEqual({ recordRepeated: 1 });
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows([60, 61])));
  });

  it('that cannot be counted is tallied by its reason, and the others are counted', async () => {
    const late = { ts: new Date(Date.now() - 8 * 86_400_000).toISOString(), f: { amount: 60 } };
    log.write([
      'no JSON',
      { rows: [] },
      { revision: 99, rows: rows([60]) },
      { revision: 1, service: 'another', rows: rows([60]) },
      { revision: 1, rows: [late, 5, ...rows([61])] },
    ]);
    await drain(reader());
    expect(await tallies()).toEqual({ recordUnreadable: 2, recordRevision: 2, late: 1, notObject: 1 });
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows([61])));
  });

  it('of a pod that the worker has not seen yet waits for it, and after two minutes no more', async () => {
    const now = Date.now();
    log.write([], 1);
    log.append(0, { pod: 'new', rows: rows([60]) }, { writtenAtMs: now });
    log.append(0, record(61), { writtenAtMs: now });
    log.append(0, { pod: 'nobody', rows: rows([62]) }, { writtenAtMs: now - 130_000 });
    await drain(reader());
    expect(await fixture.counters()).toEqual([]);
    await fixture.seePod('new');
    await drain(reader());
    expect(await tallies()).toEqual({ recordRevision: 1 });
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows([60, 61])));
  });

  it('may be an event of KServe in binary or structured mode', async () => {
    await fixture.seePod('pod-a');
    const type = 'org.kubeflow.serving.inference.request';
    const binary = { ce_id: '1', ce_type: type, ce_source: 'pod-a', ce_time: ts };
    const payload = (amount: number) => ({ instances: [{ amount, country: 'DE' }] });
    log.write([], 1);
    log.append(0, payload(60), { headers: binary });
    const structured = { id: '2', type, source: 'http://x/pod-a', time: ts, data: payload(61) };
    const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
    log.append(0, structured, { headers });
    log.append(0, payload(62));
    await drain(reader({ format: 'kserve' }));
    expect(await tallies()).toEqual({ unreadable: 1 });
    const counted = await fixture.counters();
    expect(counted).toEqual(await expected(rows([60, 61])));
  });
});
