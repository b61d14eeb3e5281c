import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type Database, transaction } from '../../db/client.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { histogramSourceSchema } from '../../domain/prometheus-source.ts';
import type { SandboxChange } from '../../domain/sandbox.ts';
import type { ServingAction } from '../../domain/serving.ts';
import { setBehaviour } from '../cluster/sandbox/behaviour.ts';
import { ensureSandbox } from '../cluster/sandbox/world-store.ts';
import { StandingClock, sandboxOf, sandboxRevision, sandboxScope } from '../cluster/sandbox-fixture.ts';
import type { CounterSample, CountersAnswer } from './metrics.ts';
import { createSandboxMetrics } from './sandbox.ts';
import { sandboxRecord } from './sandbox-query.ts';
import { chartQuery, templateRange } from './sandbox-templates.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function world() {
  const scope = sandboxScope();
  const clock = new StandingClock();
  const { clusterId } = scope;
  await transaction(database.db, (tx) => ensureSandbox(tx, { clusterId, seed: 11 }));
  const cluster = sandboxOf(database.db, scope, { clock });
  const metricsOn = (db: Database) => createSandboxMetrics({ db, clusterId, clock: clock.read });
  const metrics = metricsOn(database.db);
  const counters = (boundaries: readonly Date[]) => metrics.counters({ scope, boundaries });
  const tell = (change: SandboxChange) =>
    transaction(database.db, (tx) => setBehaviour(tx, { clusterId, change, at: clock.now }));
  const apply = (action: ServingAction) => cluster.apply(scope, action, { epoch: 1, generation: 1 });
  return { scope, clock, metrics, metricsOn, counters, tell, apply };
}

/** Two ready revisions and a route that sends the second one a quarter. */
async function canary() {
  const made = await world();
  const [stable, next] = [sandboxRevision(1), sandboxRevision(2)];
  await made.apply({ kind: 'applyRevision', revision: stable });
  await made.apply({ kind: 'applyRevision', revision: next });
  made.clock.pass(10_000);
  await made.apply({ kind: 'applyRoute', weights: { 1: 75, 2: 25 } });
  return { ...made, stable, next };
}

function samplesOf(answer: CountersAnswer): readonly CounterSample[] {
  if (answer.kind === 'samples') return answer.samples;
  throw new Error(`No samples: ${answer.message}`);
}

const requests = (samples: readonly CounterSample[], number: number) =>
  samples
    .filter((sample) => sample.revisionNumber === number)
    .reduce((sum, sample) => sum + sample.requests, 0);

describe('sandbox metrics', () => {
  test('two processes with pools of their own count the same, also for an instant long past', async () => {
    const { scope, clock, counters, metricsOn } = await canary();
    clock.pass(60_000);
    const at = clock.now;
    const now = samplesOf(await counters([at]));
    clock.pass(86_400_000);
    const other = createDatabase(database.url, { applicationName: 'fairlead-test-other' });
    try {
      const later = await metricsOn(other.db).counters({ scope, boundaries: [at, clock.now] });
      expect(samplesOf(later).filter((sample) => sample.at.getTime() === at.getTime())).toEqual(now);
    } finally {
      await other.close();
    }
    expect(now).toHaveLength(4);
    expect(requests(now, 2)).toBeGreaterThan(0);
  });

  test('traffic follows the weights only once the route is accepted', async () => {
    const { clock, counters } = await canary();
    const applied = clock.now;
    clock.pass(3_600_000);
    const accepted = new Date(applied.getTime() + 1_000);
    const samples = samplesOf(await counters([accepted, clock.now]));
    const first = samples.filter(({ at }) => at.getTime() === accepted.getTime());
    expect(first).toHaveLength(4);
    expect(requests(first, 1) + requests(first, 2)).toBe(0);
    const last = samples.filter(({ at }) => at.getTime() === clock.now.getTime());
    const total = requests(last, 1) + requests(last, 2);
    expect(total).toBeGreaterThan(50_000);
    expect(Math.abs(requests(last, 2) - total / 4)).toBeLessThan(4 * Math.sqrt(total * 0.25 * 0.75));
  });

  test('a rejected route changes no traffic until it is let in', async () => {
    const { scope, clock, counters, tell, apply } = await canary();
    clock.pass(60_000);
    await tell({ subject: 'service', serviceId: scope.serviceId, behaviour: { fault: 'routeRejected' } });
    await apply({ kind: 'applyRoute', weights: { 1: 100 } });
    const rejected = clock.now;
    clock.pass(600_000);
    await tell({ subject: 'service', serviceId: scope.serviceId, behaviour: { fault: 'none' } });
    const accepted = new Date(clock.now.getTime() + 1_000);
    clock.pass(600_000);
    const samples = samplesOf(await counters([rejected, accepted, clock.now]));
    const [before, between, after] = [rejected, accepted, clock.now].map((instant) =>
      requests(
        samples.filter(({ at }) => at.getTime() === instant.getTime()),
        2,
      ),
    );
    expect(between).toBeGreaterThan(before ?? 0);
    expect(after).toBe(between);
  });

  test('a version that is told to fail does so from that instant on', async () => {
    const { clock, counters, tell, next } = await canary();
    clock.pass(600_000);
    const told = clock.now;
    const { modelVersionId } = next;
    await tell({ subject: 'modelVersion', modelVersionId, behaviour: { errorShare: 1 } });
    clock.pass(600_000);
    const samples = samplesOf(await counters([told, clock.now])).filter(
      (sample) => sample.revisionNumber === 2,
    );
    const pods = new Set(samples.map(({ pod }) => pod));
    expect(pods.size).toBe(2);
    for (const pod of pods) {
      const [before, after] = samples.filter((sample) => sample.pod === pod);
      const grown = (after?.requests ?? 0) - (before?.requests ?? 0);
      expect(grown).toBeGreaterThan(0);
      expect((after?.errors ?? 0) - (before?.errors ?? 0)).toBe(grown);
    }
  });

  test('a deleted revision keeps its past and has no present', async () => {
    const { clock, counters, apply } = await canary();
    clock.pass(60_000);
    const before = clock.now;
    const past = samplesOf(await counters([before]));
    clock.pass(1);
    await apply({ kind: 'applyRoute', weights: { 1: 100 } });
    await apply({ kind: 'deleteRevision', number: 2 });
    clock.pass(60_000);
    const samples = samplesOf(await counters([before, clock.now]));
    expect(samples.filter(({ at }) => at.getTime() === before.getTime())).toEqual(past);
    expect(samples.filter((sample) => sample.revisionNumber === 2 && sample.at > before)).toEqual([]);
  });

  test('nothing ready, unreachable, too much, out of order and the future give no evidence, each with its reason', async () => {
    const { scope, clock, counters, metrics, tell } = await canary();
    const instant = clock.now;
    const reasonOf = async (boundaries: readonly Date[]) => {
      const answer = await counters(boundaries);
      return answer.kind === 'noEvidence' ? answer.reason : answer.kind;
    };
    expect(await reasonOf([new Date(instant.getTime() - 60_000)])).toBe('noSeries');
    expect(await reasonOf([new Date(instant.getTime() + 60_000)])).toBe('noSeries');
    expect(await reasonOf([])).toBe('noSeries');
    expect(await reasonOf([instant, instant])).toBe('refused');
    const many = Array.from({ length: 501 }, (_, index) => new Date(index));
    expect(await reasonOf(many)).toBe('tooLarge');
    expect(await reasonOf([instant])).toBe('samples');
    await tell({ subject: 'cluster', behaviour: { fault: 'metricsUnreachable' } });
    expect(await reasonOf([instant])).toBe('unreachable');
    const foreign = { ...scope, clusterId: uuidv7() };
    expect(await metrics.counters({ scope: foreign, boundaries: [instant] })).toMatchObject({
      reason: 'notConfigured',
    });
  });

  test('the histogram of durations is that of the counters, and there is no other', async () => {
    const { scope, clock, metrics } = await canary();
    clock.pass(3_600_000);
    const asked = { scope, boundaries: [clock.now] };
    const source = (metric: string) =>
      histogramSourceSchema.parse({ metric, form: 'classic', feature: 'latency' });
    const counters = await metrics.counters(asked);
    const histograms = await metrics.histograms?.({ ...asked, source: source('sandbox_latency_ms') });
    if (counters.kind !== 'samples' || histograms?.kind !== 'samples') throw new Error('Pods are ready.');
    const rows = histograms.samples.map(({ buckets }) => buckets.reduce((sum, { count }) => sum + count, 0));
    expect(rows).toEqual(counters.samples.map(({ requests }) => requests));
    expect(rows.length).toBeGreaterThan(0);
    expect(await metrics.histograms?.({ ...asked, source: source('ttft') })).toMatchObject({
      reason: 'refused',
      message: expect.stringContaining('sandbox_latency_ms') as string,
    });
  });

  test('charts of metric templates get the values of guard rails, a line per revision, and of no other query', async () => {
    const { scope, clock, metrics } = await canary();
    clock.pass(300_000);
    const record = await sandboxRecord(database.db, scope, clock.now);
    const asked = chartQuery('sandbox_error_share{service="a \\"b\\""}');
    expect(asked).toEqual({ name: 'sandbox_error_share', service: 'a "b"' });
    if (record === null || asked === null) throw new Error('The sandbox has no history.');
    const atMs = [120_000, 60_000, 0].map((before) => clock.now.getTime() - before);
    const series = templateRange(asked, record.history, atMs);
    expect(series.map(({ labels }) => labels['revision'])).toEqual(['r1', 'r2']);
    for (const [index, { points }] of series.entries())
      for (const [at, value] of points) {
        const revisionNumber = index + 1;
        const template = 'sandbox_error_share';
        const same = await metrics.value({ scope, revisionNumber, template, at: new Date(at) });
        expect(same).toMatchObject({ kind: 'value', value });
      }
    const span = { namespace: scope.namespace, from: clock.now, to: clock.now, stepMs: 60_000 };
    const none = await metrics.range?.({ query: 'sandbox_error_share{service="nobody"}', ...span });
    expect(none).toEqual({ kind: 'range', series: [] });
    for (const query of ['sandbox_error_share', 'up{service="x"}', 'sandbox_error_share{pod="x"}'])
      expect(await metrics.range?.({ query, ...span })).toMatchObject({ reason: 'refused' });
  });

  test('guard-rail templates answer for one revision, and unknown ones say which are known', async () => {
    const { scope, clock, metrics, tell, next } = await canary();
    clock.pass(3_600_000);
    const told = { errorShare: 0.5, gpuMemoryShare: 0.9, latencyMs: 600 };
    await tell({ subject: 'modelVersion', modelVersionId: next.modelVersionId, behaviour: told });
    clock.pass(60_000);
    const value = async (template: string, revisionNumber: number) => {
      const answer = await metrics.value({ scope, revisionNumber, template, at: clock.now });
      return answer.kind === 'value' ? answer.value : answer.reason;
    };
    expect(await value('sandbox_gpu_memory_share', 2)).toBeCloseTo(0.9, 1);
    expect(await value('sandbox_gpu_memory_share{service="$service",revision="$revision"}', 1)).toBeCloseTo(
      0.55,
      1,
    );
    expect(await value('sandbox_error_share', 2)).toBeGreaterThan(0.35);
    expect(await value('sandbox_error_share', 1)).toBeLessThan(0.05);
    expect(await value('sandbox_request_rate', 1)).toBeGreaterThan(10);
    expect(await value('sandbox_latency_p95_ms', 1)).toBe(250);
    expect(await value('sandbox_latency_p95_ms', 2)).toBe(2_500);
    expect(await value('sandbox_error_share', 9)).toBe('noSeries');
    expect(await value('rate(http_requests_total[1m])', 1)).toBe('refused');
  });
});
