import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { transaction } from '../../db/client.ts';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { nodeFactsSchema, podFactsSchema } from '../../domain/metering/facts.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import type { SandboxChange } from '../../domain/sandbox.ts';
import { setBehaviour } from '../cluster/sandbox/behaviour.ts';
import { StandingClock, sandboxOf, sandboxRevision, sandboxScope } from '../cluster/sandbox-fixture.ts';
import { ToldCluster, told } from './metering-fixture.ts';
import { MeteringWriter } from './metering-writer.ts';

let database: TestDatabase;
let clock: StandingClock;
let scope: ReturnType<typeof sandboxScope>;
let written: ToldCluster;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  clock = new StandingClock();
  written = await ToldCluster.create(database.db, 'sandbox');
  scope = sandboxScope({ clusterId: written.clusterId });
});
afterAll(() => database.drop());

const gpus = (count: number) => ({
  container: { resources: { limits: { 'nvidia.com/gpu': String(count), cpu: '4', memory: '16Gi' } } },
});
const port = () => sandboxOf(database.db, scope, { clock });
const fenceOf = () => ({ epoch: written.lease.epoch, generation: 1 });

async function read() {
  const { metering } = port();
  if (metering === undefined) throw new Error('The sandbox tells nothing.');
  await written.begin(metering);
}

async function serve(
  number: number,
  given: { replicas?: number; count?: number; modelVersionId?: string } = {},
) {
  const { count = 1, ...rest } = given;
  const revision = sandboxRevision(number, { ...rest, ...gpus(count) });
  await port().apply(scope, { kind: 'applyRevision', revision }, fenceOf());
  return revision;
}

async function tell(change: SandboxChange) {
  const { clusterId } = written;
  await transaction(database.db, (tx) => setBehaviour(tx, { clusterId, change, at: clock.now }));
}

it('has the pods of a service in its intervals, with share, owner and revision', async () => {
  await read();
  const revision = await serve(1, { replicas: 1, count: 2 });
  clock.pass(60_000);
  await written.turn();
  const rows = await written.pods();
  expect(rows.map(({ bucket }) => bucket)).toEqual(['startupHold', 'warmup', 'serving']);
  expect(rows.at(-1)?.toAt).toBeNull();
  const facts = podFactsSchema.parse(rows[0]?.facts);
  expect(facts).toMatchObject({
    namespace: 'production',
    revisionId: revision.revisionId,
    gpu: fraction(2),
    gpuEstimated: false,
    milliCpu: 4_000,
    memoryMib: 16_384,
  });
  expect(facts.owners.at(-1)).toMatchObject({ kind: 'Deployment', name: 'fraud-r1' });
});

it('has GPU nodes of two products from the first thing that happened, and one for pods without GPUs', async () => {
  await read();
  await serve(1);
  await written.turn();
  const facts = (await written.nodes()).map((row) => nodeFactsSchema.parse(row.facts));
  expect(facts.map(({ name, gpuProduct, physicalGpus }) => [name, gpuProduct, physicalGpus])).toEqual([
    ['sandbox-cpu-1', null, 0],
    ['sandbox-gpu-1', 'NVIDIA-H100-80GB-HBM3', 4],
    ['sandbox-gpu-2', 'NVIDIA-L4', 4],
  ]);
  expect((await written.nodes()).every(({ fromAt }) => fromAt.getTime() === clock.now.getTime())).toBe(true);
});

it('has the whole history whenever it is read, the same as if it had been read all the time', async () => {
  await read();
  const { modelVersionId } = await serve(1, { replicas: 2 });
  await written.turn();
  clock.pass(600_000);
  await tell({ subject: 'modelVersion', modelVersionId, behaviour: { fault: 'crashLoop' } });
  for (let minute = 0; minute < 10; minute += 1) {
    await written.turn();
    clock.pass(60_000);
  }
  await tell({ subject: 'modelVersion', modelVersionId, behaviour: { fault: 'none' } });
  clock.pass(300_000);
  await written.turn();
  await port().apply(scope, { kind: 'deleteRevision', number: 1 }, fenceOf());
  clock.pass(86_400_000);
  await written.turn();
  const often = told(await written.pods());
  const buckets = new Set((await written.pods()).map(({ bucket }) => bucket));
  expect([...buckets].toSorted()).toEqual(['crashloopHold', 'serving', 'startupHold', 'unready', 'warmup']);
  expect((await written.pods()).every(({ toAt }) => toAt !== null)).toBe(true);
  await written.forget();
  await read();
  await written.turn();
  expect(told(await written.pods())).toEqual(often);
});

it('a second worker goes on where the first one ended, without a gap', async () => {
  await read();
  await serve(1);
  clock.pass(60_000);
  await written.turn();
  const before = told(await written.pods());
  clock.pass(3_600_000);
  await read();
  await written.turn();
  expect(told(await written.pods())).toEqual(before);
  const [first, second] = await written.watched();
  expect(second?.fromAt).toEqual(first?.seenUntil);
});

it('a pod that no node has room for has no interval', async () => {
  await read();
  await serve(1, { replicas: 1, count: 9 });
  clock.pass(60_000);
  await written.turn();
  expect(await written.pods()).toEqual([]);
});

it('is not watched while it does not answer', async () => {
  await read();
  await serve(1);
  await written.turn();
  const [before] = await written.watched();
  clock.pass(60_000);
  await tell({ subject: 'cluster', behaviour: { fault: 'unreachable' } });
  await written.turn();
  expect((await written.watched()).map(({ seenUntil }) => seenUntil)).toEqual([before?.seenUntil]);
});

it('a change is in its row within a second of being written', async () => {
  await written.begin();
  const cluster = port();
  const options = { db: database.db, cluster, clock: async () => new Date() };
  const writer = new MeteringWriter(options);
  writer.keep(written.lease);
  try {
    await vi.waitFor(async () => expect(await written.watched()).toHaveLength(1), {
      timeout: 10_000,
      interval: 20,
    });
    const revision = sandboxRevision(1, { replicas: 1, ...gpus(1) });
    await cluster.apply(scope, { kind: 'applyRevision', revision }, fenceOf());
    const askedAt = performance.now();
    await vi.waitFor(async () => expect(await written.pods()).not.toEqual([]), {
      timeout: 10_000,
      interval: 10,
    });
    expect(performance.now() - askedAt).toBeLessThan(1_000);
  } finally {
    await writer.close();
    await cluster.close();
  }
});

it('has a training run from its start to its end with its run, on a node of its own that no service is placed on', async () => {
  await read();
  const startMs = clock.now.getTime();
  const run = { name: 'train-fraud-7', namespace: 'production', kind: 'PyTorchJob' as const, runId: 'run-7' };
  const jobs = [{ ...run, gpuCount: 4, startMs, endMs: startMs + 3_600_000 }];
  await tell({ subject: 'cluster', behaviour: { jobs } });
  clock.pass(60_000);
  await written.turn();
  clock.pass(7_200_000);
  await written.turn();
  const rows = (await written.pods()).map((row) => ({ ...row, facts: podFactsSchema.parse(row.facts) }));
  const after = (at: Date | null) => (at === null ? null : at.getTime() - startMs);
  expect(rows.map(({ bucket, fromAt, toAt }) => [bucket, after(fromAt), after(toAt)])).toEqual([
    ['startupHold', 0, 20_000],
    ['serving', 20_000, 3_600_000],
  ]);
  expect(rows[0]?.facts).toMatchObject({ runId: 'run-7', gpu: fraction(4), namespace: 'production' });
  const nodes = (await written.nodes()).map((row) => nodeFactsSchema.parse(row.facts));
  expect(nodes.find(({ name }) => name === 'sandbox-jobs-1')).toMatchObject({
    physicalGpus: 8,
    capacityType: 'reserved',
  });
});
