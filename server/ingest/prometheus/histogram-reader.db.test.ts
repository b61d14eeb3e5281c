import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../db/test-database.ts';
import { bucketsOfBounds } from '../../../domain/drift/histogram-buckets.ts';
import { fiveMinutesMs } from '../../../domain/drift/window.ts';
import { histogramSourceSchema } from '../../../domain/prometheus-source.ts';
import type { HistogramSample, Metrics, NoEvidence } from '../../metrics/metrics.ts';
import { createPrometheusSource, removePrometheusSource } from '../../prometheus-sources/commands.ts';
import { listPrometheusSources } from '../../prometheus-sources/queries.ts';
import { refusalOf } from '../../test-fixture.ts';
import { foldAll } from '../folder.ts';
import { IngestFixture } from '../ingest-fixture.ts';
import { type IngestParts, ingestParts } from '../ingest-parts.ts';
import { ServiceCatalogues } from '../service-catalogue.ts';
import { readDueSources } from './read-sources.ts';

let test: TestDatabase;
let fixture: IngestFixture;
let parts: IngestParts;
const bounds = [0.1, 0.5];
/** By pod: counters at Unix ms, from then on. */
let pods: Map<string, [number, number[]][]>;
let fails: NoEvidence | null = null;
let asked: number[][] = [];

beforeAll(async () => {
  test = await testDatabase();
  fixture = await IngestFixture.create(test.db);
  for (const pod of ['pod-a', 'pod-b']) await fixture.seePod(pod);
  await test.db.execute(sql`update pod_interval set from_at = now() - interval '8 days'`);
});
afterAll(() => test.drop());
beforeEach(async () => {
  await fixture.forget();
  await test.db.execute(sql`truncate prometheus_source`);
  pods = new Map();
  [fails, asked] = [null, []];
  restarted();
});

/** As Prometheus: the newest counters before each instant. */
const metrics: Metrics = {
  counters: () => Promise.reject(new Error('Not asked.')),
  value: () => Promise.reject(new Error('Not asked.')),
  histograms: ({ boundaries }) => {
    if (fails !== null) return Promise.resolve(fails);
    const instants = boundaries.map((at) => at.getTime());
    asked.push(instants);
    const samples = instants.flatMap((atMs) =>
      [...pods].flatMap(([pod, counters]): HistogramSample[] => {
        const held = counters.findLast(([fromMs]) => fromMs <= atMs)?.[1];
        if (held === undefined) return [];
        return [{ series: pod, pod, revisionNumber: null, atMs, buckets: bucketsOfBounds(bounds, held) }];
      }),
    );
    return Promise.resolve({ kind: 'samples', samples });
  },
};
const read = () => readDueSources({ parts, metricsOf: () => Promise.resolve(metrics) });

const nowMs = Date.now();
/** However long the tests take, no further 5 minutes end meanwhile. */
class CataloguesAtOnce extends ServiceCatalogues {
  override async of(serviceId: string) {
    return { ...(await super.of(serviceId)), nowMs };
  }
}
/** As a process that was just started. */
const restarted = () => {
  parts = { ...ingestParts(test.db), catalogues: new CataloguesAtOnce(test.db) };
};
const floor = (ms: number) => Math.floor(ms / fiveMinutesMs) * fiveMinutesMs;
/** The start of 5 minutes, so many before the last that is read. */
const before = (steps: number) => floor(nowMs - 90_000) - steps * fiveMinutesMs;

async function made(steps: number, change: object = {}): Promise<string> {
  const fields = { metric: 'ttft_seconds', form: 'classic' as const, feature: 'ttft', ...change };
  const { sourceId } = await createPrometheusSource(fixture.project.as('operator'), {
    ...histogramSourceSchema.parse(fields),
    serviceId: fixture.serviceId,
  });
  await rewind(steps);
  return sourceId;
}
const rewind = (steps: number) =>
  test.db.execute(
    sql`update prometheus_source set through = ${new Date(before(steps)).toISOString()},
    created_at = ${new Date(before(steps)).toISOString()}, due_at = now() - interval '1 second'`,
  );
const due = () => test.db.execute(sql`update prometheus_source set due_at = now() - interval '1 second'`);
const listed = async () => {
  const { serviceId } = fixture;
  const { sources } = await listPrometheusSources(fixture.project.as('viewer'), { serviceId });
  return sources[0];
};
async function counted(length: 'five_minutes' | 'day' = 'five_minutes') {
  await foldAll(test.db);
  const { rows } = await test.db.execute<{ at: string; counts: string[] }>(sql`
    select extract(epoch from w.window_start) * 1000 as at, w.counts from drift_series s
    join drift_feature f on f.id = s.feature_id join ${sql.raw(`drift_${length}`)} w on w.series_id = s.id
    where f.name = 'ttft' order by 1`);
  return rows.map(({ at, counts }) => [Number(at), counts.map(Number)]);
}

describe('a histogram of Prometheus', () => {
  it('is counted in 5 minutes by its differences, pod by pod, from where it stood when it was added', async () => {
    await made(2);
    pods.set('pod-a', [
      [0, [5, 5, 5]],
      [before(1) - 1, [6, 5, 8]],
      [before(0) - 1, [6, 6, 8]],
    ]);
    pods.set('pod-b', [
      [0, [9, 0, 0]],
      // It was restarted.
      [before(0) - 1, [2, 0, 1]],
    ]);
    pods.set('pod of another service', [
      [0, [1, 1, 1]],
      [before(0) - 1, [90, 90, 90]],
    ]);
    await read();
    expect(await counted()).toEqual([
      [before(2), [1, 0, 3]],
      [before(1), [2, 1, 1]],
    ]);
    expect(await listed()).toMatchObject({ state: 'reading', why: null, pods: 2, rows: 8n, gapAt: null });
    const { rows } = await test.db.execute(sql`select source, batch_id from ingest_batch order by 2`);
    expect(rows).toEqual([
      { source: 'prometheus ttft', batch_id: new Date(before(1)).toISOString() },
      { source: 'prometheus ttft', batch_id: new Date(before(0)).toISOString() },
    ]);
  });

  it('counts the same whenever the worker stops, is started again, or reads twice; and nothing again', async () => {
    const grow = (pod: string, by: number) =>
      pods.set(
        pod,
        Array.from({ length: 32 }, (_, at) => [before(30 - at) - 1, [at * by, 0, at]]),
      );
    grow('pod-a', 1);
    grow('pod-b', 3);
    await made(30);
    await read();
    expect(asked[0]).toHaveLength(12);
    restarted();
    for (let behind = 3; behind > 0; behind -= 1) {
      await due();
      await Promise.all([read(), read()]);
      restarted();
    }
    await due();
    await read();
    const windows = await counted();
    expect(windows).toHaveLength(30);
    expect(new Set(windows.map(([, counts]) => String(counts)))).toEqual(new Set(['4,0,2']));
    const days = await counted('day');
    expect(days.reduce((sum, [, counts]) => sum + ((counts as number[])[0] ?? 0), 0)).toBe(120);
    expect((await listed())?.rows).toBe(180n);
  });

  it('whose source was away is counted for each of the 5 minutes once it answers again', async () => {
    pods.set('pod-a', [[0, [0, 0, 0]]]);
    await made(3);
    fails = { kind: 'noEvidence', reason: 'unreachable', message: 'The metrics source cannot be reached.' };
    await read();
    expect(await listed()).toMatchObject({ state: 'blocked', why: 'The metrics source cannot be reached.' });
    pods.set('pod-a', [
      [0, [0, 0, 0]],
      [before(2) - 1, [4, 0, 0]],
      [before(0) - 1, [9, 0, 0]],
    ]);
    fails = null;
    await due();
    await read();
    expect(await counted()).toEqual([
      [before(3), [4, 0, 0]],
      [before(1), [5, 0, 0]],
    ]);
    expect(await listed()).toMatchObject({ state: 'reading', why: null });
  });

  it('of a pod that was not scraped for a while counts when the pod is seen again', async () => {
    await made(3);
    pods.set('pod-a', [[before(3), [1, 0, 0]]]);
    await read();
    pods.clear();
    await rewind(3);
    await read();
    expect(await listed()).toMatchObject({
      state: 'waiting',
      why: expect.stringContaining('no series') as string,
    });
    pods.set('pod-a', [[0, [8, 0, 0]]]);
    await rewind(1);
    await read();
    expect(await counted()).toEqual([[before(1), [7, 0, 0]]]);
  });

  it('of a pod that began meanwhile counts from nothing', async () => {
    await made(1);
    await read();
    await fixture.seePod('pod-new');
    await test.db.execute(sql`update pod_interval set from_at = ${new Date(before(1) + 1_000).toISOString()}
      where pod_uid = 'pod-new'`);
    pods.set('pod-new', [[0, [3, 0, 0]]]);
    await rewind(1);
    await read();
    expect(await counted()).toEqual([[before(1), [3, 0, 0]]]);
  });

  it('of a pod that began meanwhile and was not scraped at first counts as a whole, too', async () => {
    await test.db.execute(sql`update pod_interval set from_at = ${new Date(before(2) + 1_000).toISOString()}
      where pod_uid = 'pod-a'`);
    await made(2);
    pods.set('pod-a', [[before(0), [8, 0, 0]]]);
    pods.set('pod-b', [[before(0), [8, 0, 0]]]);
    await read();
    expect(await counted()).toEqual([[before(1), [8, 0, 0]]]);
    await test.db.execute(sql`update pod_interval set from_at = now() - interval '8 days'`);
  });

  it('with other buckets than its bins is told, and what does not fit is tallied', async () => {
    await made(2);
    pods.set('pod-a', [[0, [1, 1, 1]]]);
    await read();
    bounds[1] = 0.4;
    pods.set('pod-a', [
      [0, [1, 1, 1]],
      [before(0) - 1, [5, 9, 1]],
    ]);
    await rewind(1);
    await read();
    bounds[1] = 0.5;
    const { rows } = await test.db.execute(sql`select name, rows from ingest_tally`);
    expect(rows).toEqual([{ name: 'bucketsUnfit', rows: '15' }]);
    expect(await counted()).toEqual([]);
  });

  it('that nobody read for a week goes on from now, with the gap on record', async () => {
    pods.set('pod-a', [
      [0, [1, 0, 0]],
      [before(1) - 1, [50, 0, 0]],
    ]);
    await made(0);
    await read();
    await rewind(7 * 288 + 12);
    await read();
    expect((await listed())?.gapAt).not.toBeNull();
    expect((await listed())?.through.getTime()).toBeGreaterThan(nowMs - 7 * 86_400_000);
  });

  it('is added and removed by an operator, once for a feature, and says so in the audit trail', async () => {
    const sourceId = await made(0);
    expect(await refusalOf(made(0))).toMatchObject({ code: 'nameTaken', params: { field: 'feature' } });
    const engineer = fixture.project.as('engineer');
    expect((await refusalOf(removePrometheusSource(engineer, { sourceId }))).code).toBe('forbidden');
    const stranger = fixture.project.as('stranger');
    expect((await refusalOf(removePrometheusSource(stranger, { sourceId }))).code).toBe('notFound');
    await removePrometheusSource(fixture.project.as('operator'), { sourceId });
    expect(await listed()).toBeUndefined();
    await due();
    expect(await read()).toBe(0);
    const actions = (await fixture.project.auditOf(fixture.serviceId)).slice(-2).map(({ action }) => action);
    expect(actions).toEqual(['prometheusSources.create', 'prometheusSources.remove']);
  });
});
