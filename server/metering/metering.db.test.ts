import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../db/test-database.ts';
import { podFactsSchema } from '../../domain/metering/facts.ts';
import { fraction } from '../../domain/metering/fraction.ts';
import type { ObservedNode, ObservedPod } from '../../domain/metering/observed.ts';
import { at, containerOf, lifeOf, nodeOf, podOf } from '../../domain/metering/observed-fixture.ts';
import type { PodLife } from '../../domain/metering/pod-life.ts';
import { log } from '../log.ts';
import { LeaseLost } from '../reconciler/lease.ts';
import { loadWaiting } from '../rows/waiting-pods.ts';
import { ToldCluster, told } from './metering-fixture.ts';

let database: TestDatabase;
let cluster: ToldCluster;
beforeAll(async () => {
  log.level = 'silent';
  database = await testDatabase();
});
beforeEach(async () => {
  cluster = await ToldCluster.create(database.db);
  await cluster.begin();
});
afterAll(() => database.drop());

const pod = (given: Partial<ObservedPod> = {}, gone = false, ageMs = 0) => ({
  pod: podOf(given),
  gone,
  ageMs,
});
const node = (given: Partial<ObservedNode> = {}, gone = false) => ({ node: nodeOf(given), gone, ageMs: 0 });
const ready = (time: string, is = true) => ({ ready: is, at: at(time) });
const running = (since: string) => [containerOf([lifeOf(since)])];
const serving = { containers: running('10:01'), readiness: ready('10:05'), version: 5 };
const whole = { whole: true, nodes: [node()], pods: [pod()] };
const empty = { whole: true, nodes: [node()], pods: [] };

describe('a watched cluster', () => {
  it('has an interval of every bucket that a pod was in, by the API’s own times', async () => {
    await cluster.hear('09:30', empty);
    await cluster.hear('10:00', { pods: [pod()] });
    await cluster.hear('10:01', { pods: [pod({ containers: running('10:01'), version: 2 })] });
    await cluster.hear('10:05', { pods: [pod(serving)] });
    const deletion = { at: at('10:31'), graceSeconds: 60 };
    await cluster.hear('10:30', { pods: [pod({ ...serving, deletion, version: 6 })] });
    const containers = [containerOf([lifeOf('10:01', '10:30:20', false)])];
    await cluster.hear('10:30:21', { pods: [pod({ ...serving, deletion, containers, version: 7 }, true)] });
    expect(told(await cluster.pods())).toEqual([
      'startupHold 10:00–10:01 watch',
      'warmup 10:01–10:05 watch',
      'serving 10:05–10:30 watch',
      'drain 10:30–10:30:20 watch',
    ]);
    const [first] = await cluster.pods();
    const facts = podFactsSchema.parse(first?.facts);
    expect(facts).toMatchObject({ gpu: fraction(1), gpuEstimated: false, namespace: 'production' });
  });

  it('tells which pods wait for a GPU and why, until they have a node or are gone', async () => {
    const words = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.';
    const waiting = async () => (await loadWaiting(database.db, cluster.clusterId))?.pods ?? [];
    const pending = { nodeName: null, scheduledAt: null };
    await cluster.hear('10:00', { ...whole, pods: [pod(pending), pod({ ...pending, uid: 'other' })] });
    expect((await waiting()).map((each) => each.words)).toEqual([null, null]);
    await cluster.hear('10:01', { pods: [pod({ ...pending, unscheduled: words, version: 2 })] });
    expect((await waiting()).map((each) => each.words)).toContain(words);
    await cluster.hear('10:02', { pods: [pod({ version: 3 }), pod({ ...pending, uid: 'other' }, true)] });
    expect(await waiting()).toEqual([]);
  });

  it('that is told the same again, all of it or in another order, has the same rows', async () => {
    const looks = [pod(), pod({ containers: running('10:01'), version: 2 }), pod(serving)];
    await cluster.hear('09:30', empty);
    for (const look of looks) await cluster.hear('10:06', { pods: [look] });
    const before = told(await cluster.pods());
    await cluster.hear('10:07', { pods: [...looks.toReversed(), ...looks] });
    expect(told(await cluster.pods())).toEqual(before);
    const other = await ToldCluster.create(database.db);
    await other.begin();
    await other.hear('09:30', empty);
    await other.hear('10:06', { pods: looks.toReversed() });
    expect(told(await other.pods())).toEqual(before);
  });

  it('writes down until when it was seen, and since when without a break', async () => {
    await cluster.hear('09:30', empty);
    await cluster.hear('09:35');
    await cluster.hear('09:40', { state: 'broken', sentence: 'The API server does not answer.' });
    await cluster.hear('09:50', empty);
    const watched = await cluster.watched();
    expect(watched.map(({ fromAt, seenUntil }) => [fromAt, seenUntil])).toEqual([
      [at('09:30'), at('09:35')],
      [at('09:50'), at('09:50')],
    ]);
  });

  it('counts nothing of before it was first watched', async () => {
    await cluster.hear('10:20', { ...whole, pods: [pod(serving)] });
    expect(told(await cluster.pods())).toEqual(['serving 10:20– watch']);
    expect(told(await cluster.nodes())).toEqual(['node 10:20– watch']);
  });

  it('holds a pod that is told before its node until the node is known', async () => {
    await cluster.hear('09:30', { whole: true });
    await cluster.hear('10:00', { pods: [pod()] });
    expect(await cluster.pods()).toEqual([]);
    await cluster.hear('10:00:01', { nodes: [node({ createdAt: at('09:59') })] });
    expect(told(await cluster.pods())).toEqual(['startupHold 10:00– watch']);
  });

  it('closes everything on a node that is deleted with pods on it', async () => {
    await cluster.hear('09:30', empty);
    await cluster.hear('10:10', { pods: [pod(serving)] });
    await cluster.hear('10:20', { nodes: [node({ version: 2 }, true)] });
    expect(told(await cluster.nodes())).toEqual(['node 09:30–10:20 observed']);
    expect(told(await cluster.pods()).at(-1)).toBe('serving 10:05–10:20 observed');
  });

  it('has a new interval of pod and node when the node’s GPUs are shared differently', async () => {
    await cluster.hear('09:30', empty);
    await cluster.hear('10:10', { pods: [pod(serving)] });
    const labels = { ...nodeOf().labels, 'nvidia.com/gpu.replicas': '4' };
    await cluster.hear('10:20', { nodes: [node({ version: 2, labels })] });
    const shares = (await cluster.pods()).map(({ facts }) => podFactsSchema.parse(facts).gpu);
    expect(shares.at(-2)).toEqual(fraction(1));
    expect(shares.at(-1)).toEqual(fraction(1, 4));
    expect(told(await cluster.pods()).at(-1)).toBe('serving 10:20– observed');
  });

  it('marks pods of the cluster itself as system, and leaves out KAI’s reservations', async () => {
    const system = { uid: 'dns', namespace: 'kube-system', request: { cpu: 100 } };
    const reservation = { uid: 'kai', namespace: 'kai-resource-reservation' };
    await cluster.hear('10:10', { ...whole, pods: [pod(system), pod(reservation)] });
    expect(told(await cluster.pods())).toEqual(['system 10:10– watch']);
  });
});

describe('after nobody watched', () => {
  beforeEach(async () => {
    await cluster.hear('09:30', empty);
    await cluster.hear('10:10', { pods: [pod(serving)] });
    await cluster.hear('10:20');
    await cluster.begin();
  });

  it('a pod that went on has the interval that it had, marked as put together again', async () => {
    await cluster.hear('11:00', { ...whole, pods: [pod(serving)] });
    expect(told(await cluster.pods()).at(-1)).toBe('serving 10:05– relist');
    expect((await cluster.watched()).map(({ fromAt }) => fromAt)).toEqual([at('09:30'), at('11:00')]);
  });

  it('a pod that crashed, was born or began to drain meanwhile has its intervals from its status', async () => {
    const containers = [containerOf([lifeOf('10:01', '10:40'), lifeOf('10:41')])];
    const born = {
      uid: 'pod-2',
      name: 'b',
      scheduledAt: at('10:30'),
      containers: running('10:33'),
      readiness: ready('10:34'),
    };
    const crashed = { ...serving, containers, readiness: ready('10:43'), version: 9 };
    await cluster.hear('11:00', { ...whole, pods: [pod(crashed), pod(born)] });
    expect(told(await cluster.pods('pod-1')).slice(2)).toEqual([
      'serving 10:05–10:40 relist',
      'crashloopHold 10:40–10:41 relist',
      'unready 10:41–10:43 relist',
      'serving 10:43– relist',
    ]);
    expect(told(await cluster.pods('pod-2'))).toEqual([
      'startupHold 10:30–10:33 relist',
      'warmup 10:33–10:34 relist',
      'serving 10:34– relist',
    ]);
  });

  it('pods and nodes that are gone ended when they were seen last, estimated', async () => {
    await cluster.hear('11:00', { whole: true });
    expect(told(await cluster.pods()).at(-1)).toBe('serving 10:05–10:20 relist?');
    expect(told(await cluster.nodes())).toEqual(['node 09:30–10:20 relist?']);
  });

  it('within one reading a list that lacks a pod ends it just so', async () => {
    await cluster.hear('11:00', { ...whole, pods: [pod(serving)] });
    await cluster.hear('11:10', { state: 'broken', sentence: 'gone' });
    await cluster.hear('12:00', empty);
    expect(told(await cluster.pods()).at(-1)).toBe('serving 10:05–11:00 relist?');
  });

  it('a worker that has lost the lease writes nothing', async () => {
    const old = cluster.lease;
    await cluster.begin();
    const before = told(await cluster.pods());
    await expect(cluster.hear('11:00', { whole: true }, { ...old, epoch: old.epoch - 1 })).rejects.toThrow(
      LeaseLost,
    );
    expect(told(await cluster.pods())).toEqual(before);
  });

  it('a pod that had failed before has no interval in the gap, although its object is still there', async () => {
    const containers = [containerOf([lifeOf('09:40')])];
    const failed = { uid: 'pod-4', scheduledAt: at('09:35'), ended: true, containers };
    await cluster.hear('11:00', { ...whole, pods: [pod(serving), pod(failed)] });
    expect(await cluster.pods('pod-4')).toEqual([]);
  });

  const life = (given: Partial<PodLife>): PodLife => ({
    uid: 'pod-3',
    namespace: 'production',
    name: 'batch',
    nodeName: 'node-1',
    owner: { kind: 'Job', name: 'batch' },
    request: { 'nvidia.com/gpu': 2, cpu: 500 },
    scheduledAt: at('10:30'),
    startedAt: at('10:32'),
    readyAt: at('10:33'),
    endAt: at('10:50'),
    endKnown: false,
    ...given,
  });

  it('pods that lived wholly in the gap, and the ends of those that vanished, come from Prometheus', async () => {
    const born = life({
      scheduledAt: at('10:55'),
      endAt: at('10:59'),
      uid: 'pod-2',
      startedAt: null,
      readyAt: null,
    });
    await cluster.beginFilled([life({}), life({ uid: 'pod-1', endAt: at('10:45') }), born]);
    const present = { uid: 'pod-2', name: 'b', scheduledAt: at('10:55') };
    await cluster.hear('11:00', { whole: true, nodes: [node()], pods: [pod(present)] });
    await cluster.filled('11:00:01');
    expect(told(await cluster.pods('pod-3'))).toEqual([
      'startupHold 10:30–10:32 backfill?',
      'warmup 10:32–10:33 backfill?',
      'serving 10:33–10:50 backfill?',
    ]);
    expect(told(await cluster.pods('pod-1')).at(-1)).toBe('serving 10:05–10:45 backfill?');
    expect(told(await cluster.pods('pod-2'))).toEqual(['startupHold 10:55– relist']);
    const [row] = await cluster.pods('pod-3');
    expect(podFactsSchema.parse(row?.facts)).toMatchObject({ gpu: fraction(2), milliCpu: 500 });
  });

  it('are not estimated where the pod was over and said when', async () => {
    const known = { endKnown: true };
    await cluster.beginFilled([life(known), life({ uid: 'pod-1', endAt: at('10:45'), ...known })]);
    await cluster.hear('11:00', { whole: true, nodes: [node()] });
    await cluster.filled('11:00:01');
    expect(told(await cluster.pods('pod-3')).at(-1)).toBe('serving 10:33–10:50 backfill');
    expect(told(await cluster.pods('pod-1')).at(-1)).toBe('serving 10:05–10:45 backfill');
  });

  it('what Prometheus tells of a node that nobody knows is left out, and the gap stays unobserved', async () => {
    await cluster.beginFilled([life({ nodeName: 'elsewhere' })]);
    await cluster.hear('11:00', { ...whole, pods: [pod(serving)] });
    await cluster.filled('11:00:01');
    expect(await cluster.pods('pod-3')).toEqual([]);
    expect((await cluster.watched()).map(({ fromAt, seenUntil }) => [fromAt, seenUntil])).toEqual([
      [at('09:30'), at('10:20')],
      [at('11:00'), at('11:00:01')],
    ]);
  });
});
