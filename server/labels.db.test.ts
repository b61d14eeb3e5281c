import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { driftMonitor } from '../db/schema/drift.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { seededRandom } from '../domain/analysis/simulated-counts.ts';
import { usualThreshold } from '../domain/drift/label.ts';
import { learnCategoricalBinning, learnNumericBinning, withEdge } from '../domain/drift/learn-binning.ts';
import { newId } from './id.ts';
import { storeBatches } from './ingest/append-batch.ts';
import { foldAll } from './ingest/folder.ts';
import { IngestFixture } from './ingest/ingest-fixture.ts';
import { ServiceCatalogues } from './ingest/service-catalogue.ts';
import { fromRows } from './ingest/take-batch.ts';
import { undoBatch } from './ingest/undo.ts';
import { getMonitoring } from './monitoring/get.ts';

const dayMs = 86_400_000;
const scores = withEdge(
  learnNumericBinning(Array.from({ length: 2_000 }, (_, index) => index / 2_000)),
  usualThreshold,
);
const animals = learnCategoricalBinning(new Map(['cat', 'dog', 'fox'].map((name, at) => [name, 90 - at])));
const etas = learnNumericBinning(Array.from({ length: 500 }, (_, index) => index / 7));

let test: TestDatabase;
let fixture: IngestFixture;
let sentAt = new Date();

beforeAll(async () => {
  test = await testDatabase();
  fixture = await IngestFixture.create(test.db);
  await fixture.bin([
    { name: 'score', binning: scores, role: 'score' },
    { name: 'animal', binning: animals, role: 'class' },
    { name: 'eta', binning: etas, role: 'value' },
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
beforeEach(() => fixture.forget());

async function send(rows: readonly unknown[]) {
  const counting = await new ServiceCatalogues(test.db).of(fixture.serviceId);
  sentAt = new Date(counting.nowMs);
  const batchId = newId();
  const place = { counting, revisionId: fixture.revisionId, sha256: batchId };
  const { batch, answer } = fromRows({ source: 'pod', batchId }, rows, place);
  await storeBatches(test.db, [batch]);
  await foldAll(test.db);
  return { ...answer, sent: batchId };
}

/** Predictions that come true as often as they say. */
function predictions(count: number, seed: number) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const score = random();
    return { p: { score }, y: random() < score ? 1 : 0 };
  });
}

/** The page as it will be so many days from now. */
async function shown(days: number, by: 'viewer' | 'stranger' = 'viewer') {
  fixture.project.clock = async () => new Date(sentAt.getTime() + days * dayMs);
  const { performance } = await getMonitoring(fixture.project.as(by), { serviceId: fixture.serviceId });
  return performance;
}

async function scoreShown(days: number) {
  const found = (await shown(days)).find((one) => one.of === 'score');
  if (found?.of !== 'score') throw new Error('The score is not shown.');
  return found;
}

describe('labels', () => {
  it('measure predictions once these are seven days old, and say how many have come', async () => {
    const rows = predictions(1_500, 1);
    await send(rows.map(({ p }) => ({ f: {}, p })));
    await send(rows.slice(0, 900));
    const found = await scoreShown(8);
    expect(found).toMatchObject({
      name: 'score',
      threshold: 0.5,
      measuredShare: 900 / 1_500,
      estimated: null,
    });
    const right = rows.slice(0, 900).filter(({ p, y }) => p.score >= 0.5 === (y === 1)).length;
    expect(found.measured?.rows).toBe(900);
    expect(found.measured?.accuracy?.value).toBe(right / 900);
    expect(found.calibration.reduce((sum, bin) => sum + bin.rows, 0)).toBe(900);
  });

  it('are due when the monitor says so, and decided where it says so', async () => {
    await send(predictions(300, 5));
    await test.db
      .update(driftMonitor)
      .set({ settings: { schema: 1, labels: { delayHours: 24, threshold: 0.7 } } });
    const found = await scoreShown(2);
    await test.db.update(driftMonitor).set({ settings: { schema: 1 } });
    expect([found.declaredThreshold, found.threshold]).toEqual([0.7, 0.7]);
    expect(found.measured?.rows).toBe(300);
    expect((await scoreShown(2)).measured).toBeNull();
  });

  it('of classes and numbers are counted class by class and by how far they were off, and gone when taken back', async () => {
    const p = ['cat', 'cat', 'cat', 'cat', 'dog', 'dog', 'dog', 'dog', 'fox', 'fox'].map((animal) => ({
      animal,
    }));
    const y = ['cat', 'cat', 'cat', 'dog', 'dog', 'dog', 'dog', 'cat', 'fox', 'owl'];
    await send(p.map((one) => ({ f: { other: 1 }, p: one })));
    const { sent } = await send(p.map((one, index) => ({ p: one, y: y[index] })));
    await send([3, 5, 9].map((eta, index) => ({ p: { eta }, y: { eta: [2, 7, 9][index] } })));
    const performance = await shown(8);
    expect(performance.find((one) => one.of === 'class')).toMatchObject({
      name: 'animal',
      measuredShare: 1,
      measured: { rows: 10, accuracy: { value: 0.7 } },
      joint: {
        rows: [
          [3, 1, 0, 0],
          [1, 3, 0, 0],
          [0, 0, 1, 1],
          [0, 0, 0, 0],
        ],
      },
    });
    const value = performance.find((one) => one.of === 'value');
    const figures = value?.of === 'value' ? value.measured : null;
    expect(figures?.mae.value).toBeCloseTo(1, 5);
    expect(figures?.rmse.value).toBeCloseTo(Math.sqrt(5 / 3), 5);
    expect(figures?.bias.value).toBeCloseTo(-1 / 3, 5);
    const { serviceId } = fixture;
    await undoBatch(fixture.project.as('operator'), { serviceId, source: 'pod', batchId: sent });
    expect((await shown(8)).find((one) => one.of === 'class')).toMatchObject({ measured: null });
  });

  it('before that give an estimate that believes the scores, and say so', async () => {
    const rows = predictions(1_500, 2);
    await send(rows.map(({ p }) => ({ p })));
    const found = await scoreShown(1);
    expect(found).toMatchObject({ measured: null, measuredShare: null, estimatedShare: 0 });
    const told = rows.reduce((sum, { p }) => sum + Math.max(p.score, 1 - p.score), 0) / rows.length;
    expect(found.estimated?.accuracy?.value).toBeCloseTo(told, 4);
    expect(found.estimated?.assumption).toContain('assumes calibrated scores');
  });

  it('of a prediction that was sent before do not count it twice', async () => {
    await send(predictions(40, 3).map(({ p }) => ({ p })));
    const before = await wholeRows();
    await send(predictions(40, 3));
    expect(await wholeRows()).toBe(before);
    expect(before).toBe(40);
  });

  it('of a batch that is taken back are as if they had never come', async () => {
    await send(predictions(60, 4).map(({ p }) => ({ p })));
    const before = await fixture.counters();
    const batchId = await send(predictions(60, 4)).then(({ sent }) => sent);
    expect(await fixture.counters()).not.toEqual(before);
    const { serviceId } = fixture;
    await undoBatch(fixture.project.as('operator'), { serviceId, source: 'pod', batchId });
    expect(await fixture.counters()).toEqual(before);
  });

  it('of a score are 0, 1, true or false beside the prediction, and any other row is rejected with that sentence', async () => {
    const { rejects, accepted } = await send([
      { p: { score: 0.2 }, y: false },
      { p: { score: 0.2 }, y: 'yes' },
      { f: { score: 0.2 }, y: 1 },
      { p: { score: 0.2 }, y: null },
    ]);
    expect(accepted).toBe(2);
    expect(rejects.map(({ row, code }) => [row, code])).toEqual([
      [1, 'badLabel'],
      [2, 'badLabel'],
    ]);
    expect(rejects[0]?.message).toContain('of a prediction that stands beside it in p: 0, 1, true or false');
  });

  it('of a service of others are not found', async () => {
    await expect(shown(0, 'stranger')).rejects.toMatchObject({ refusal: { code: 'notFound' } });
  });
});

async function wholeRows(): Promise<number> {
  const { rows } = await test.db.execute<{ rows: string }>(sql`
    select coalesce(sum(n), 0)::text as rows from drift_day w join drift_series s on s.id = w.series_id
    cross join lateral unnest(w.counts) as n where s.service_id = ${fixture.serviceId} and s.segment = ''`);
  return Number(rows[0]?.rows);
}
