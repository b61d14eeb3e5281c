import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { driftBinning, driftMonitor } from '../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { usualThreshold } from '../domain/drift/label.ts';
import { learnCategoricalBinning, learnNumericBinning, withEdge } from '../domain/drift/learn-binning.ts';
import { newId } from './id.ts';
import { foldAll } from './ingest/folder.ts';
import { IngestFixture } from './ingest/ingest-fixture.ts';
import { type IngestParts, ingestParts } from './ingest/ingest-parts.ts';
import { takeBatch } from './ingest/take-batch.ts';
import { undoBatch } from './ingest/undo.ts';
import { forgetEnded } from './jobs/retention.ts';

const minuteMs = 60_000;
const scores = withEdge(
  learnNumericBinning(Array.from({ length: 2_000 }, (_, index) => index / 2_000)),
  usualThreshold,
);
const animals = learnCategoricalBinning(new Map(['cat', 'dog', 'fox'].map((name, at) => [name, 90 - at])));

let test: TestDatabase;
let fixture: IngestFixture;
let parts: IngestParts;

beforeAll(async () => {
  test = await testDatabase();
  fixture = await IngestFixture.create(test.db);
  parts = ingestParts(test.db);
  await fixture.bin([
    { name: 'amount', binning: learnNumericBinning([1, 2, 3]) },
    { name: 'score', binning: scores, role: 'score' },
    { name: 'animal', binning: animals, role: 'class' },
    {
      name: 'eta',
      binning: learnNumericBinning(Array.from({ length: 500 }, (_, n) => n / 7)),
      role: 'value',
    },
  ]);
  const { projectId, serviceId } = fixture.scope;
  await test.db.insert(driftMonitor).values({
    id: newId(),
    projectId,
    serviceId,
    windowLength: 'hour',
    referenceKind: 'sameHours',
    settings: { schema: 1 },
    createdAt: new Date(),
  });
});
afterAll(() => test.drop());
beforeEach(async () => {
  await fixture.forget();
  await keep(1_000);
});

/** Keeps so many ids, or none. */
async function keep(mostIds: number | null, delayHours = 168): Promise<void> {
  const byId = mostIds === null ? null : { mostIds };
  await test.db
    .update(driftMonitor)
    .set({ settings: { schema: 1, labels: { delayHours, threshold: 0.5, byId } } });
}

async function send(
  rows: readonly unknown[],
  batchId: string = newId(),
  revision: number | null = 1,
  by = parts,
) {
  const { serviceId } = fixture;
  const named = revision === null ? {} : { revision };
  const body = Buffer.from(JSON.stringify({ source: 'pod', batchId, ...named, rows }));
  const answer = await takeBatch(by, { kind: 'service', serviceId }, body);
  await foldAll(test.db);
  return answer;
}
const undo = (batchId: string) =>
  undoBatch(fixture.project.as('operator'), { serviceId: fixture.serviceId, source: 'pod', batchId });
const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * minuteMs).toISOString();
const codes = ({ rejects }: Awaited<ReturnType<typeof send>>) => rejects.map(({ row, code }) => [row, code]);

async function tallies(): Promise<Record<string, number>> {
  const { rows } = await test.db.execute<{ name: string; rows: number }>(
    sql`select name, rows::int as rows from ingest_tally where kind = 'unjoinedRow'`,
  );
  return Object.fromEntries(rows.map(({ name, rows: count }) => [name, count]));
}

async function keys(): Promise<{ text: string; labelled: boolean }[]> {
  const { rows } = await test.db.execute<{ text: string; labelled: boolean }>(
    sql`select k::text as text, labelled_in is not null as labelled from prediction_key k`,
  );
  return rows;
}

const prediction = fc.record({
  ts: fc.integer({ min: 0, max: 600 }).map(at),
  f: fc.constantFrom<object>({ amount: 2 }, {}),
  p: fc.record(
    {
      score: fc.oneof(
        fc.double({ min: -0.5, max: 1.5, noNaN: true }),
        fc.constantFrom<unknown>(null, 0.5, 'NaN', true),
      ),
      animal: fc.constantFrom<unknown>('cat', 'dog', 'fox', 'owl', null, 3),
    },
    { requiredKeys: ['score'] },
  ),
});
const truth = fc.constantFrom<unknown>(
  0,
  1,
  true,
  'cat',
  'fox',
  'owl',
  { score: 1 },
  { score: 0, animal: 'dog' },
);
const labelled = fc.array(fc.tuple(prediction, truth), { minLength: 1, maxLength: 25 });

describe('labels by id', () => {
  it('count to the last bit as labels that repeat their prediction, in any order and split', async () => {
    const property = fc.asyncProperty(labelled, fc.integer({ min: 1, max: 9 }), async (pairs, size) => {
      const rows = pairs.map(([row], index) => ({ ...row, id: `order ${index}` }));
      const repeated = pairs.map(([{ ts, p }, y]) => ({ ts, p, y }));
      const byId = pairs.map(([, y], index) => ({ id: `order ${index}`, y })).toReversed();
      await fixture.forget();
      await send(rows);
      const one = await send(repeated);
      const expected = await fixture.counters();
      await fixture.forget();
      await send(rows);
      let accepted = 0;
      for (let from = 0; from < byId.length; from += size)
        accepted += (await send(byId.slice(from, from + size), newId(), null)).accepted;
      expect(accepted).toBe(one.accepted);
      expect(await fixture.counters()).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 12 });
  });

  it('find their prediction once, and say of every other why not', async () => {
    await send([
      { id: 'a', f: { amount: 1 }, p: { score: 0.9 } },
      { id: 7, f: { amount: 1 }, p: { score: 0.2 } },
      { id: 'known at once', f: { amount: 1 }, p: { score: 0.2 }, y: 1 },
      { id: 'eta', f: { amount: 1 }, p: { eta: 3, score: 0.1 } },
    ]);
    const answer = await send([
      { id: 'a', y: 1 },
      { id: 'a', y: 0 },
      { id: '7', y: 0 },
      { id: 'never sent', y: 1 },
      { id: 'known at once', y: 1 },
      { id: 'eta', y: { eta: 4 } },
      { id: 'eta', y: [] },
      { id: 'eta', y: 1 },
    ]);
    expect(answer).toMatchObject({ duplicate: false, accepted: 3, rejected: 5 });
    expect(codes(answer)).toEqual([
      [1, 'labelTwice'],
      [3, 'labelUnknown'],
      [4, 'labelUnknown'],
      [5, 'labelOfNumber'],
      [6, 'badLabel'],
    ]);
    expect(answer.rejects[0]?.message).toBe('The prediction of this id has its label already.');
    expect(codes(await send([{ id: 'a', y: 1 }]))).toEqual([[0, 'labelTwice']]);
  });

  it('that two processes take at once count once', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `order ${index}`);
    await send(ids.map((id) => ({ id, f: { amount: 1 }, p: { score: 0.9 } })));
    const [mine, others] = [ids, ids.toReversed()].map((list) => list.map((id) => ({ id, y: 1 })));
    const [one, two] = await Promise.all([
      send(mine ?? []),
      send(others ?? [], newId(), 1, ingestParts(test.db)),
    ]);
    expect(one.accepted + two.accepted).toBe(200);
    expect(one.rejected + two.rejected).toBe(200);
  });

  it('change nothing when their batch comes again, and may come anew once it is taken back', async () => {
    await send([{ id: 'a', f: { amount: 1 }, p: { score: 0.9 } }], 'predictions');
    const before = await fixture.counters();
    const labels = [
      { id: 'a', y: 1 },
      { id: 'b', y: 1 },
    ];
    await send(labels, 'labels');
    const after = await fixture.counters();
    expect(after).not.toEqual(before);
    expect(await send(labels, 'labels')).toMatchObject({ duplicate: true, accepted: 1, rejected: 1 });
    expect(await fixture.counters()).toEqual(after);
    await undo('labels');
    expect(await fixture.counters()).toEqual(before);
    expect(await send([{ id: 'a', y: 1 }])).toMatchObject({ accepted: 1 });
    expect(await fixture.counters()).toEqual(after);
    await send([{ id: 'c', f: { amount: 1 }, p: { score: 0.9 } }], 'later');
    await undo('later');
    expect(codes(await send([{ id: 'c', y: 1 }]))).toEqual([[0, 'labelUnknown']]);
  });

  it('join the first prediction of an id, and no more predictions than are kept', async () => {
    await keep(3);
    const one = (id: string) => ({ id, f: { amount: 1 }, p: { score: 0.9 } });
    await send([one('a'), one('b'), one('a')]);
    await send(['b', 'c', 'd', 'e'].map(one));
    expect(await tallies()).toEqual({ idTwice: 2, idsFull: 2 });
    const answer = await send(['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, y: 1 })));
    expect(answer.accepted).toBe(3);
    expect(codes(answer)).toEqual([
      [3, 'labelUnknown'],
      [4, 'labelUnknown'],
    ]);
  });

  it('are refused where they are not switched on, and after the bins have changed', async () => {
    await keep(null);
    const unkept = await send([{ id: 'a', f: { amount: 1 }, p: { score: 0.9 } }]);
    expect(unkept).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await keys()).toEqual([]);
    const { rejects } = await send([{ id: 'a', y: 1 }]);
    expect(rejects).toMatchObject([{ code: 'labelsOff' }]);
    expect(rejects[0]?.message).toContain('switch on');
    await keep(10);
    await send([{ id: 'b', f: { amount: 1 }, p: { score: 0.9 } }]);
    await test.db.update(driftBinning).set({ state: 'former' });
    expect(codes(await send([{ id: 'b', y: 1 }]))).toEqual([[0, 'labelOfFormerBins']]);
    await test.db.update(driftBinning).set({ state: 'active' });
    expect(await send([{ id: 'b', y: 1 }])).toMatchObject({ accepted: 1 });
  });

  it('come within the label delay and a day; nothing is kept of an id but a hash, and nothing after that', async () => {
    await keep(10, 2);
    await send([
      { id: 'customer-4711', ts: at(25 * 60), f: { amount: 1 }, p: { score: 0.123456789 } },
      { id: 'too old', ts: at(27 * 60), f: { amount: 1 }, p: { score: 0.5 } },
    ]);
    const [kept, ...others] = await keys();
    expect(others).toEqual([]);
    // Nothing that an id in hex or a time could hold by chance.
    expect(kept?.text).not.toMatch(/customer|0\.1234567/);
    expect(codes(await send([{ id: 'too old', y: 1 }]))).toEqual([[0, 'labelUnknown']]);
    await test.db.execute(sql`update prediction_key set ends_at = now()`);
    expect(codes(await send([{ id: 'customer-4711', y: 1 }]))).toEqual([[0, 'labelUnknown']]);
    await forgetEnded(test.db);
    expect(await keys()).toEqual([]);
  });
});
