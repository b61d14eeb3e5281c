import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transaction } from '../../db/client.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import type { LogQuestion } from '../../domain/pod.ts';
import type { SandboxChange } from '../../domain/sandbox.ts';
import type { DesiredRevision } from '../../domain/serving.ts';
import { setBehaviour } from './sandbox/behaviour.ts';
import { StandingClock, sandboxOf, sandboxRevision, sandboxScope } from './sandbox-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const modelVersionId = '0198a000-0000-7000-8000-000000000001';

/** One revision that serves everything, and the means to break it. */
async function world(given: Partial<DesiredRevision> = {}) {
  const scope = sandboxScope();
  const clock = new StandingClock();
  const cluster = sandboxOf(database.db, scope, { clock });
  const revision = { ...sandboxRevision(1, { modelVersionId }), ...given };
  const fence = { epoch: 1, generation: 1 };
  await cluster.apply(scope, { kind: 'applyRevision', revision }, fence);
  await cluster.apply(scope, { kind: 'applyRoute', weights: { 1: 100 } }, fence);
  const told = (change: SandboxChange) =>
    transaction(database.db, (tx) => setBehaviour(tx, { clusterId: scope.clusterId, change, at: clock.now }));
  const broken = (fault: 'crashLoop' | 'imagePull' | 'neverReady') =>
    told({ subject: 'modelVersion', modelVersionId, behaviour: { fault } });
  const question = async (more: Partial<LogQuestion> = {}): Promise<LogQuestion> => {
    const [pod] = (await cluster.pods(scope)).pods;
    return { ...scope, pod: pod?.name ?? '', container: 'model', previous: false, tailLines: 500, ...more };
  };
  return { scope, clock, cluster, told, broken, question };
}

const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: { refusal?: unknown }) => error.refusal ?? error,
  );
const limits = { mostBytes: 1_000_000 };

describe('pods of the sandbox', () => {
  test('are those of the service, or of one revision, with their node, GPUs and age', async () => {
    const limitsOfGpu = { resources: { limits: { 'nvidia.com/gpu': 1 } } };
    const template = { spec: { containers: [{ name: 'model', image: 'fraud:1', ...limitsOfGpu }] } };
    const { scope, clock, cluster } = await world({ podTemplate: template });
    clock.pass(10_000);
    const { pods } = await cluster.pods(scope);
    expect(pods).toHaveLength(2);
    expect(pods[0]).toMatchObject({
      revisionNumber: 1,
      phase: 'Running',
      ready: true,
      restarts: 0,
      node: 'sandbox-gpu-1',
      gpuCount: 1,
      problem: null,
      containers: [{ name: 'model', state: { kind: 'running' }, lastTermination: null }],
    });
    expect((await cluster.pods({ ...scope, revisionNumber: 2 })).pods).toEqual([]);
    expect((await cluster.pods({ ...scope, serviceId: scope.projectId })).pods).toEqual([]);
  });

  test('that crash count their restarts and keep how the last run ended', async () => {
    const { scope, clock, cluster, broken } = await world();
    await broken('crashLoop');
    clock.pass(30_000);
    const [pod] = (await cluster.pods(scope)).pods;
    expect(pod).toMatchObject({ ready: false, restarts: 1 });
    expect(pod?.containers[0]).toMatchObject({
      state: { kind: 'waiting', reason: 'CrashLoopBackOff' },
      lastTermination: { exitCode: 1, reason: 'Error' },
    });
    const { events } = await cluster.events(scope);
    expect(events.filter(({ type }) => type === 'Warning')).toMatchObject([
      { kind: 'Pod', reason: 'BackOff', count: 2 },
      { kind: 'Pod', reason: 'BackOff', count: 2 },
    ]);
    expect(events.map(({ reason }) => reason)).toContain('ScalingReplicaSet');
  });

  test('without a node say what the scheduler lacks', async () => {
    const resources = { limits: { 'nvidia.com/gpu': 16 } };
    const template = { spec: { containers: [{ name: 'model', image: 'fraud:1', resources }] } };
    const { scope, cluster } = await world({ podTemplate: template });
    const [pod] = (await cluster.pods(scope)).pods;
    expect(pod).toMatchObject({ phase: 'Pending', node: null, ready: false });
    expect(pod?.problem).toContain('Insufficient nvidia.com/gpu');
  });

  test('cannot be asked for while the cluster is unreachable', async () => {
    const { scope, cluster, told } = await world();
    await told({ subject: 'cluster', behaviour: { fault: 'unreachable' } });
    expect(await refusalOf(cluster.pods(scope))).toMatchObject({ code: 'clusterUnreachable' });
    expect(await refusalOf(cluster.events(scope))).toMatchObject({ code: 'clusterUnreachable' });
  });
});

describe('logs of the sandbox', () => {
  test('are the last lines, the same in every process, each with its time', async () => {
    const { scope, clock, cluster, question } = await world();
    clock.pass(60_000);
    const asked = await question({ tailLines: 20 });
    const { text, truncated } = await cluster.readLog(asked, limits);
    const lines = text.trimEnd().split('\n');
    expect(truncated).toBe(false);
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toMatch(/^2026-11-24T12:00:5\d\.\d{9}Z (INFO|ERROR) +http: POST/);
    const other = sandboxOf(database.db, scope, { clock });
    expect(await other.readLog(asked, limits)).toEqual({ text, truncated });
  });

  test('lose their oldest lines, and say so, when they are too large', async () => {
    const { clock, cluster, question } = await world();
    clock.pass(60_000);
    const whole = (await cluster.readLog(await question(), limits)).text;
    const cut = await cluster.readLog(await question(), { mostBytes: 1_000 });
    expect(cut.truncated).toBe(true);
    expect(cut.text.length).toBeLessThanOrEqual(1_000);
    expect(whole.endsWith(cut.text)).toBe(true);
  });

  test('of the previous run are there only when there was one', async () => {
    const { clock, cluster, question, broken } = await world();
    clock.pass(10_000);
    const asked = await question({ previous: true });
    expect(await refusalOf(cluster.readLog(asked, limits))).toMatchObject({ code: 'wrongState' });
    await broken('crashLoop');
    clock.pass(20_000);
    const { text } = await cluster.readLog(asked, limits);
    expect(text.trimEnd()).toMatch(/ERROR server: ending with exit code 1$/);
  });

  test('of a pod or a container that is not there are refused with what there is', async () => {
    const { clock, cluster, question } = await world();
    const early = await refusalOf(cluster.readLog(await question(), limits));
    expect(early).toMatchObject({ code: 'wrongState', message: expect.stringContaining('waiting to start') });
    clock.pass(10_000);
    const gone = await question({ pod: 'fraud-r1-gone-1' });
    expect(await refusalOf(cluster.readLog(gone, limits))).toMatchObject({ code: 'notFound' });
    const none = await question({ container: 'sidecar' });
    expect(await refusalOf(cluster.readLog(none, limits))).toMatchObject({ fix: 'It has model.' });
  });

  test('are followed from where the reading ended until the run has ended', async () => {
    const { clock, cluster, question, broken } = await world();
    clock.pass(30_000);
    const asked = await question({ tailLines: 3 });
    const batches: (readonly string[])[] = [];
    const untilMs = clock.now.getTime() + 4_500;
    for await (const lines of cluster.followLog(asked, new AbortController().signal)) {
      batches.push(lines);
      if (batches.length === 1) clock.pass(3_000);
      if (batches.length === 2) {
        clock.pass(1_500);
        await broken('imagePull');
        clock.pass(2_000);
      }
    }
    const lines = batches.flat();
    expect(batches[0]).toHaveLength(3);
    expect(new Set(lines).size).toBe(lines.length);
    const times = lines.map((line) => Date.parse(line.slice(0, 24)));
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(times.at(-1)).toBeLessThanOrEqual(untilMs);
    expect(lines.at(-1)).toContain('told to stop');
  });
});
