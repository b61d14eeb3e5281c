import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transaction } from '../../db/client.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { unpackContribution } from '../../domain/drift/contribution.ts';
import { allRows } from '../../domain/drift/counters.ts';
import { forgetEnded } from '../jobs/retention.ts';
import { readCounters } from '../rows/drift-counters.ts';
import { refusalOf } from '../test-fixture.ts';
import { addParts } from './add-parts.ts';
import { type Appended, type NewBatch, storeBatches } from './append-batch.ts';
import { foldService, lockCounters } from './fold.ts';
import { foldAll, tendPartitions } from './folder.ts';
import { IngestFixture } from './ingest-fixture.ts';
import { type Counting, ServiceCatalogues } from './service-catalogue.ts';
import { fromRows } from './take-batch.ts';
import { undoBatch } from './undo.ts';

let test: TestDatabase;
let fixture: IngestFixture;
let counting: Counting;
const hour = 3_600_000;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await IngestFixture.create(test.db);
  await fixture.bin();
  counting = await new ServiceCatalogues(test.db).of(fixture.serviceId);
});
afterAll(() => test.drop());
beforeEach(() => fixture.forget());

const batchOf = (batchId: string, rows: readonly unknown[], source = 'pod'): NewBatch =>
  fromRows({ source, batchId }, rows, { counting, revisionId: fixture.revisionId, sha256: batchId }).batch;
const store = async (...batches: NewBatch[]): Promise<(Appended | Error)[]> => [
  ...(await storeBatches(test.db, batches)).values(),
];
const row = (minutesAgo: number, f: Record<string, unknown> = { amount: 90, items: 2, country: 'DE' }) => ({
  ts: new Date(counting.nowMs - minutesAgo * 60_000).toISOString(),
  f,
});
const undo = (batchId: string, by: 'operator' | 'viewer' | 'engineer' | 'stranger' = 'operator') =>
  undoBatch(fixture.project.as(by), { serviceId: fixture.serviceId, source: 'pod', batchId });

describe('folding', () => {
  it('makes an hour the sum of its 5 minutes and a day the sum of its hours', async () => {
    const rows = Array.from({ length: 300 }, (_, index) =>
      row(index * 13, { amount: index, items: index % 6, country: null }),
    );
    await store(batchOf('one', rows));
    await foldAll(test.db);
    const { rows: sums } = await test.db.execute<{ digest: string }>(sql`
      with w as (select 1 as nth, * from drift_five_minutes union all select 2, * from drift_hour union all select 3, * from drift_day),
        entry as (select nth, series_id, kind, place, value from w
          cross join lateral (select 'count' as kind, * from unnest(counts) with ordinality union all
            select 'sum', * from unnest(sums) with ordinality union all
            select 'apart', * from unnest(apart) with ordinality) as e(kind, value, place))
      select nth, md5(string_agg(line, ' ' order by line)) as digest from (
        select nth, format('%s %s %s %s', series_id, kind, place, sum(value)) as line from entry group by nth, series_id, kind, place) as l
      group by nth`);
    expect(new Set(sums.map(({ digest }) => digest)).size).toBe(1);
    expect(sums).toHaveLength(3);
  });

  it('adds a batch once when two workers fold at the same moment', async () => {
    await store(...Array.from({ length: 20 }, (_, index) => batchOf(`b${index}`, [row(index)])));
    const together = await Promise.all([1, 2, 3].map(() => foldService(test.db, fixture.scope)));
    for (let once = 1; once > 0; ) once = await foldService(test.db, fixture.scope);
    expect(together.reduce((sum, batches) => sum + batches, 0)).toBe(20);
    const counters = await readCounters(test.db, {
      serviceId: fixture.serviceId,
      binningId: fixture.binningId,
      from: new Date(counting.nowMs - hour),
      to: new Date(counting.nowMs + hour),
    });
    expect(counters.size).toBe(3);
    for (const one of counters.values()) expect(allRows(one)).toBe(20);
  });

  it('leaves nothing half done when it is stopped after any write, and then adds all of it once', async () => {
    const batch = batchOf('one', [row(1), row(70)]);
    await store(batch);
    await foldAll(test.db);
    const whole = await fixture.counters();
    await fixture.forget();
    await store(batch);
    for (const stopAt of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const stopped = transaction(test.db, async (tx) => {
        let writes = 0;
        const counted = new Proxy(tx, {
          get(target, name, receiver) {
            if (name === 'execute') {
              writes += 1;
              if (writes > stopAt) throw new Error('stopped');
            }
            return Reflect.get(target, name, receiver);
          },
        });
        await lockCounters(counted, fixture.serviceId);
        await addParts(counted, fixture.scope, {
          parts: unpackContribution(batch.contribution ?? new Uint8Array()),
        });
        throw new Error('stopped');
      });
      await expect(stopped).rejects.toThrow('stopped');
      expect(await fixture.counters()).toEqual([]);
    }
    await foldAll(test.db);
    expect(await fixture.counters()).toEqual(whole);
  });
});

describe('the same rows', () => {
  const cell = fc.record({
    minutes: fc.integer({ min: 0, max: 3 * 1_440 }),
    amount: fc.oneof(fc.double(), fc.integer({ min: -500, max: 500 }), fc.constantFrom(null, 'x', 'NaN')),
    items: fc.integer({ min: -1, max: 6 }),
    country: fc.constantFrom('DE', 'FR', 'XX', null),
  });

  it('give bit-identical counters in any order, any split into batches and however often they are sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(cell, { minLength: 1, maxLength: 40 })
          .chain((cells) =>
            fc.tuple(
              fc.constant(cells),
              fc.shuffledSubarray(cells, { minLength: cells.length }),
              fc.integer({ min: 1, max: 9 }),
              fc.array(fc.nat(8), { maxLength: 6 }),
            ),
          ),
        async ([cells, shuffled, size, repeats]) => {
          const rows = (list: typeof cells) => list.map(({ minutes, ...f }) => row(minutes, f));
          await fixture.forget();
          await store(batchOf('all', rows(cells)));
          await foldAll(test.db);
          const once = await fixture.counters();
          await fixture.forget();
          const batches: NewBatch[] = [];
          for (let from = 0; from < shuffled.length; from += size)
            batches.push(batchOf(`from ${from}`, rows(shuffled.slice(from, from + size))));
          for (const batch of [...batches, ...repeats.flatMap((index) => batches[index] ?? [])]) {
            await store(batch);
            if (batch.rows % 2 === 0) await foldAll(test.db);
          }
          await foldAll(test.db);
          expect(await fixture.counters()).toEqual(once);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are gone without a trace when their batch is undone, whether it was folded or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { minLength: 1, maxLength: 15 }),
        fc.array(cell, { minLength: 1, maxLength: 15 }),
        fc.boolean(),
        async (kept, taken, foldFirst) => {
          const rows = (list: typeof kept) => list.map(({ minutes, ...f }) => row(minutes, f));
          await fixture.forget();
          await store(batchOf('kept', rows(kept)));
          await foldAll(test.db);
          const before = await fixture.counters();
          await store(batchOf('bad', rows(taken)));
          if (foldFirst) await foldAll(test.db);
          await undo('bad');
          await foldAll(test.db);
          expect(await fixture.counters()).toEqual(before);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('undoing a batch', () => {
  it('is done once, is audited, and stays done when the batch is sent again', async () => {
    const batch = batchOf('bad', [row(1)]);
    await store(batch);
    await foldAll(test.db);
    expect(await undo('bad')).toEqual({ rows: 1 });
    expect((await refusalOf(undo('bad'))).code).toBe('wrongState');
    expect(await store(batch)).toEqual(['duplicate']);
    await foldAll(test.db);
    expect(await fixture.counters()).toEqual([]);
    expect((await fixture.project.auditOf(fixture.serviceId)).at(-1)).toMatchObject({
      action: 'ingest.undo',
      sentence: 'took the 1 rows of batch bad from pod out of the drift counters',
    });
  });

  it('is for operators, and a stranger and a wrong name find nothing', async () => {
    await store(batchOf('bad', [row(1)]));
    expect((await refusalOf(undo('bad', 'viewer'))).code).toBe('forbidden');
    expect((await refusalOf(undo('bad', 'engineer'))).code).toBe('forbidden');
    expect((await refusalOf(undo('bad', 'stranger'))).code).toBe('notFound');
    expect((await refusalOf(undo('worse'))).code).toBe('notFound');
  });

  it('is refused after seven days', async () => {
    await store(batchOf('old', [row(1)]));
    await test.db.execute(sql`update ingest_batch set received_at = now() - interval '7 days 1 minute'`);
    expect((await refusalOf(undo('old'))).message).toContain('seven days');
  });
});

describe('5-minute rows', () => {
  it('outlive no batch for long: batches of the ninth day before are forgotten once they are folded', async () => {
    await store(batchOf('folded', [row(1)]));
    await foldAll(test.db);
    await store(batchOf('waits', [row(1)]));
    await test.db.execute(sql`update ingest_batch set received_at = now() - interval '8 days 1 minute'`);
    await forgetEnded(test.db);
    const { rows } = await test.db.execute(sql`select batch_id from ingest_batch`);
    expect(rows).toEqual([{ batch_id: 'waits' }]);
  });

  it('of the ninth day before are dropped, unless a batch that may name them is not folded', async () => {
    const days = async () => {
      const { rows } = await test.db.execute<{ age: string }>(sql`
        select (extract(epoch from date_trunc('day', now(), 'UTC') - day) / 86400)::int::text as age
        from drift_partition_days() as day order by day`);
      return rows.map(({ age }) => Number(age));
    };
    for (const age of [8, 9, 10])
      await test.db.execute(sql`select drift_day_partition(now() - ${age} * interval '1 day')`);
    await store(batchOf('waits', [row(1)]));
    await test.db.execute(
      sql`update ingest_batch set received_at = date_trunc('day', now(), 'UTC') - interval '2 days 1 hour'`,
    );
    await tendPartitions(test.db);
    const kept = await days();
    expect(kept).not.toContain(11);
    expect(kept).toEqual(expect.arrayContaining([10, 9, 8, 0, -1]));
    await foldAll(test.db);
    await tendPartitions(test.db);
    expect(await days()).not.toContain(9);
    expect(await days()).toEqual(expect.arrayContaining([8, 0, -1]));
  });
});
