import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import { sql } from 'drizzle-orm';
import { createDatabase, type DatabaseHandle } from '../../db/client.ts';
import { allowEgress } from '../../server/allowances/commands.ts';
import { IngestFixture } from '../../server/ingest/ingest-fixture.ts';
import { createKafkaSource } from '../../server/kafka-sources/commands.ts';
import { listKafkaSources } from '../../server/kafka-sources/queries.ts';
import { type KafkaBroker, startKafka } from './kafka.ts';
import { type ProductProcess, type ProductProcesses, startProcesses } from './product-processes.ts';
import { sharedLab } from './start.ts';
import { waitFor } from './wait-for.ts';

const lab = sharedLab();
const partitions = 3;
const rowsOfRecord = 10;
const everyMs = 40;
const recordsAtOnce = 4;

/** One topic whose records carry the id of their batch and one whose records do not, told apart by what is counted. */
const topics = { named: 'rows-with-ids', plain: 'rows-without-ids' } as const;
type Topic = keyof typeof topics;
const countryOf = { named: 'DE', plain: 'FR' } as const;

let broker: KafkaBroker;
let processes: ProductProcesses;
let worker: ProductProcess;
let handle: DatabaseHandle;
let fixture: IngestFixture;
let begun: Load | undefined;

before(async () => {
  [broker, processes] = await Promise.all([startKafka(lab), startProcesses(lab)]);
  handle = createDatabase(processes.databaseUrl);
  fixture = await IngestFixture.create(handle.db);
  await fixture.bin();
  const admin = { ...fixture.project.people.admin, instanceRoles: ['admin' as const] };
  await allowEgress(fixture.project.as(admin), { target: '127.0.0.1', purpose: 'The lab’s broker' });
  const client = new Admin({ clientId: 'lab', bootstrapBrokers: [broker.address] });
  await client.createTopics({ topics: Object.values(topics), partitions, replicas: 1 });
  await client.close();
  for (const topic of Object.values(topics))
    await createKafkaSource(fixture.project.as('operator'), {
      serviceId: fixture.serviceId,
      brokers: [broker.address],
      topic,
      format: 'batch',
      startAt: 'earliest',
      access: { tls: false, caPem: null, sasl: null },
    });
  worker = await processes.startWorker();
});
after(async () => {
  begun?.abandon();
  await processes?.stop();
  await handle?.close();
  await broker?.stop();
});

/** Writes records until told to end; one that was not acknowledged is written again, by whoever comes back. */
class Load {
  /** Records that the broker said it has. */
  readonly acknowledged: Record<Topic, number> = { named: 0, plain: 0 };
  /** Records that were tried again, so that the log may hold them twice. */
  repeated = 0;
  #isOver = false;
  #isAbandoned = false;
  #made = 0;
  readonly #running = [this.#write('named'), this.#write('plain')];

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  /** For a test that failed: whatever was not acknowledged is left. */
  abandon(): void {
    this.#isOver = true;
    this.#isAbandoned = true;
  }

  async #write(topic: Topic): Promise<void> {
    let producer = this.#producer();
    while (!this.#isOver) {
      const records = Array.from({ length: recordsAtOnce }, () => this.#record(topic));
      // Of batches with an id some are written twice on purpose, as a producer does that lost an answer.
      const twice = topic === 'named' && this.acknowledged.named % 40 === 0 ? 2 : 1;
      for (let written = 0; written < twice && !this.#isAbandoned; ) {
        try {
          await producer.send({ messages: records, acks: -1 });
          written += 1;
        } catch {
          this.repeated += records.length;
          await producer.close(true).catch(() => undefined);
          await delay(250);
          producer = this.#producer();
        }
      }
      this.acknowledged[topic] += records.length;
      await delay(everyMs);
    }
    await producer.close();
  }

  #producer() {
    const { address } = broker;
    const times = { connectTimeout: 1_000, requestTimeout: 3_000, timeout: 3_000, retries: 0 };
    const client = { clientId: 'lab', bootstrapBrokers: [address], serializers: stringSerializers, ...times };
    return new Producer(client);
  }

  #record(topic: Topic) {
    const number = this.#made;
    this.#made += 1;
    const ts = new Date().toISOString();
    const rows = Array.from({ length: rowsOfRecord }, (_, index) => ({
      ts,
      f: { amount: 60 + ((number + index) % 80), items: index % 5, country: countryOf[topic] },
    }));
    const id = topic === 'named' ? { source: 'lab', batchId: `b${number}` } : {};
    return {
      topic: topics[topic],
      partition: number % partitions,
      value: JSON.stringify({ ...id, revision: 1, rows }),
    };
  }
}

async function sources() {
  const { serviceId } = fixture;
  return (await listKafkaSources(fixture.project.as('viewer'), { serviceId })).sources;
}

/** Rows in the counters of five minutes, of hours and of days, by country. */
async function counted(): Promise<Record<string, number>[]> {
  const { rows } = await handle.db.execute<{ de: number; fr: number }>(sql`
    select coalesce(sum(w.counts[1]), 0)::int as de, coalesce(sum(w.counts[2]), 0)::int as fr
    from (values ('five'), ('hour'), ('day')) as lengths(length)
    left join drift_series s on s.feature_id = ${fixture.featureIds.get('country')}
    left join lateral (
      select counts from drift_five_minutes where length = 'five' and series_id = s.id union all
      select counts from drift_hour where length = 'hour' and series_id = s.id union all
      select counts from drift_day where length = 'day' and series_id = s.id) w on true
    group by length`);
  return rows.map(({ de, fr }) => ({ named: de, plain: fr }));
}

/** Records that the log holds, asked of the broker itself. */
async function written(topic: Topic): Promise<number> {
  const client = new Admin({ clientId: 'lab', bootstrapBrokers: [broker.address] });
  const at = async (timestamp: bigint) => {
    const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
    const answer = await client.listOffsets({ topics: [{ name: topics[topic], partitions: asked }] });
    return answer.flatMap((one) => one.partitions).reduce((sum, { offset }) => sum + Number(offset), 0);
  };
  try {
    return (await at(-1n)) - (await at(-2n));
  } finally {
    await client.close();
  }
}

const whenCounted = (least: number) =>
  waitFor(`${least} rows in the counters`, 45_000, async () => {
    const [found] = await counted();
    return (found?.named ?? 0) + (found?.plain ?? 0) >= least ? true : null;
  });

test('what a broker that is killed and a worker that is killed under load leave is counted exactly once', async () => {
  const load = new Load();
  begun = load;
  await whenCounted(2_000);

  await broker.kill();
  const blocked = await waitFor('the sentence of a source whose broker is gone', 15_000, async () => {
    const found = (await sources()).find(({ state }) => state === 'blocked');
    return found?.why ?? null;
  });
  assert.match(blocked, /127\.0\.0\.1:29092/);
  const [before] = await counted();
  await broker.start();
  await whenCounted((before?.named ?? 0) + (before?.plain ?? 0) + 2_000);
  await waitFor('sources that read again', 30_000, async () =>
    (await sources()).every(({ state }) => state === 'reading') ? true : null,
  );

  await worker.kill();
  const acknowledged = load.acknowledged.named;
  worker = await processes.startWorker();
  await waitFor('records that nobody reads', 15_000, async () =>
    load.acknowledged.named > acknowledged + 100 ? true : null,
  );
  await load.end();

  const [named, plain] = [await written('named'), await written('plain')];
  await waitFor('the end of the log', 45_000, async () => {
    const found = await sources();
    const read = (topic: string) =>
      found.filter((one) => one.topic === topic).flatMap((one) => one.partitions);
    const isRead = Object.values(topics).every(
      (topic) => read(topic).length === partitions && read(topic).every(({ behind }) => behind === 0),
    );
    const { rows } = await handle.db.execute(sql`select 1 from ingest_batch where folded_at is null limit 1`);
    const next = await handle.db.execute<{ sum: string }>(sql`select sum(next) as sum from kafka_offset`);
    return isRead && rows.length === 0 && Number(next.rows[0]?.sum) === named + plain ? true : null;
  });

  // With an id a batch counts once, however often it was written; without one each record of the log does.
  const exact = { named: load.acknowledged.named * rowsOfRecord, plain: plain * rowsOfRecord };
  assert.deepEqual(await counted(), [exact, exact, exact]);
  assert.ok(named > load.acknowledged.named, 'some batches were written twice');
  assert.ok(plain >= load.acknowledged.plain, 'the log holds all that was acknowledged');
  assert.ok(load.repeated > 0, 'the broker was away while records were written');
  const tallies = await handle.db.execute(sql`select name, rows from ingest_tally`);
  assert.deepEqual(tallies.rows, []);
  console.log(
    `kafka: ${named} and ${plain} records written, ${load.repeated} of them again; ${exact.named} and ${exact.plain} rows counted`,
  );
});
