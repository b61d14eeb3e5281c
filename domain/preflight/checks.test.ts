import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterQueue, QuotaScope, ResourceQuota } from './capacity.ts';
import { clusterReadingSchema, namespaceReadingSchema } from './capacity-schema.ts';
import { stoppingChecks, worstVerdict } from './check.ts';
import { checkKueue } from './check-kueue.ts';
import { checkLimitRanges, checkQuotas, quotaCounts } from './check-quota.ts';
import { checkNodePools, checkSchedulable, placeable } from './check-schedulable.ts';
import {
  exampleCluster,
  exampleHolder,
  exampleNamespace,
  exampleNode,
  examplePods,
} from './example-capacity.ts';
import { podsToCome } from './pods-to-come.ts';

const read = <Value>(value: Value) => ({ kind: 'read', value }) as const;
const unreadable = { kind: 'unread', why: 'the token may not list them.', fix: 'Grant it.' } as const;
const quota = (hard: number, used: number, scopes: QuotaScope[] = []): ResourceQuota => ({
  name: 'gpus',
  hard: { 'requests.nvidia.com/gpu': hard },
  used: { 'requests.nvidia.com/gpu': used },
  scopes,
});

describe('the check of ResourceQuotas', () => {
  const check = (found: ResourceQuota, others = examplePods(0, 1)) =>
    checkQuotas(read([found]), {
      asked: examplePods(3, 2),
      others: [others],
      holders: [exampleHolder('fraud-r1', 6), exampleHolder('training', 2)],
    });

  it('passes what fits exactly, and names quota, used, hard and who holds it when one GPU lacks', () => {
    expect(check(quota(12, 6))).toMatchObject([{ verdict: 'PASS' }]);
    expect(check(quota(11, 6))).toEqual([
      {
        kind: 'quota',
        subject: 'gpus',
        verdict: 'FAIL',
        sentence:
          'ResourceQuota "gpus" of namespace production has no room: requests.nvidia.com/gpu, 6 of 11 used, 6 more wanted; held by fraud-r1 6, training 2.',
        figures: { key: 'requests.nvidia.com/gpu', hard: 11, used: 6, reserved: 0, wanted: 6 },
        fix: 'Raise requests.nvidia.com/gpu of ResourceQuota "gpus" to 12, or free 1.',
      },
    ]);
  });

  it('counts the pods of other reservations that do not exist yet', () => {
    expect(check(quota(14, 6), examplePods(2, 1))).toMatchObject([{ verdict: 'PASS' }]);
    expect(check(quota(13, 6), examplePods(2, 1))).toMatchObject([
      { verdict: 'FAIL', figures: { reserved: 2 } },
    ]);
  });

  it('leaves out quotas whose scopes do not count the pod', () => {
    const { demand } = examplePods(1, 1);
    const scope = (name: string, operator: QuotaScope['operator'] = 'Exists', values: string[] = []) =>
      quotaCounts([{ name, operator, values }], { ...demand, priorityClass: 'canary' });
    expect([
      scope('Terminating'),
      scope('NotTerminating'),
      scope('BestEffort'),
      scope('NotBestEffort'),
      scope('PriorityClass', 'In', ['canary']),
      scope('PriorityClass', 'NotIn', ['canary']),
      scope('PriorityClass', 'In', ['batch']),
      scope('Unheard'),
    ]).toEqual([false, true, false, true, true, false, false, false]);
    expect(check(quota(0, 0, [{ name: 'BestEffort', operator: 'Exists', values: [] }]))).toEqual([]);
  });

  it('warns when they could not be read: no room is claimed and none denied', () => {
    const asked = { asked: examplePods(3, 2), others: [], holders: [] };
    expect(checkQuotas(unreadable, asked)).toMatchObject([{ verdict: 'WARN', fix: 'Grant it.' }]);
  });
});

it('a limit range refuses the container that asks for more than its most', () => {
  const range = (most: number) =>
    read([{ name: 'caps', type: 'Container' as const, max: { 'nvidia.com/gpu': most }, min: {} }]);
  const { demand } = examplePods(1, 2);
  expect(checkLimitRanges(range(2), demand)).toMatchObject([{ verdict: 'PASS' }]);
  expect(checkLimitRanges(range(1), demand)).toMatchObject([
    {
      verdict: 'FAIL',
      sentence: 'LimitRange "caps" refuses container "model": nvidia.com/gpu of 2, and its most is 1.',
    },
  ]);
});

describe('the check of free GPUs', () => {
  it('places whole pods: 8 free GPUs in two fours take no pod of five', () => {
    const nodes = [exampleNode('a'), exampleNode('b')];
    expect(placeable(nodes, [], examplePods(2, 4))).toBe(2);
    expect(placeable(nodes, [], examplePods(1, 5))).toBe(0);
    expect(placeable(nodes, [examplePods(1, 3)], examplePods(2, 2))).toBe(2);
    expect(placeable(nodes, [examplePods(2, 3)], examplePods(2, 2))).toBe(0);
  });

  it('never places more than is free, nor what the others need first', () => {
    const size = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.array(size, { maxLength: 6 }), size, size, size, (free, wanted, pods, ofOthers) => {
        const nodes = free.map((freeGpus, index) => exampleNode(String(index), { freeGpus }));
        const total = free.reduce((sum, gpus) => sum + gpus, 0);
        const alone = placeable(nodes, [], examplePods(pods, wanted));
        const after = placeable(nodes, [examplePods(1, ofOthers)], examplePods(pods, wanted));
        expect(alone * wanted).toBeLessThanOrEqual(total);
        expect(after).toBeLessThanOrEqual(alone);
      }),
    );
  });

  it('keeps to selectors, taints, CPU and memory', () => {
    const taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
    const asked = examplePods(1, 1);
    const pinned = { ...asked, demand: { ...asked.demand, nodeSelector: { zone: 'a' } } };
    const tolerating = {
      ...asked,
      demand: { ...asked.demand, tolerations: [{ key: 'gpu', operator: 'Exists' }] },
    };
    const hungry = { ...asked, demand: { ...asked.demand, requests: { 'nvidia.com/gpu': 1, cpu: 65 } } };
    expect([
      placeable([exampleNode('a')], [], pinned),
      placeable([exampleNode('a', { labels: { zone: 'a' } })], [], pinned),
      placeable([exampleNode('a', { taints: [taint] })], [], asked),
      placeable([exampleNode('a', { taints: [taint] })], [], tolerating),
      placeable([exampleNode('a')], [], hungry),
    ]).toEqual([0, 1, 0, 1, 0]);
  });

  it('fails with its numbers and who holds most, and only warns where a NodePool may grow', () => {
    const full = exampleCluster({
      nodes: read([exampleNode('a', { freeGpus: 1 })]),
      holders: read([exampleHolder('batch', 3, { namespace: 'research' })]),
    });
    const ask = { asked: examplePods(2, 1), others: [] };
    expect(checkSchedulable(full, ask)).toMatchObject([
      {
        verdict: 'FAIL',
        sentence:
          '1 of 2 new pods find a node by first fit: 1 of 4 GPU free, 2 wanted; held by other namespaces 3.',
        figures: { free: 1, total: 4, wanted: 2, placed: 1 },
      },
    ]);
    const pool = (limit: number) =>
      read([{ name: 'gpu', limits: { 'nvidia.com/gpu': limit }, used: { 'nvidia.com/gpu': 4 } }]);
    expect(checkSchedulable({ ...full, nodePools: pool(8) }, ask)).toMatchObject([{ verdict: 'WARN' }]);
    expect(checkSchedulable({ ...full, nodePools: pool(4) }, ask)).toMatchObject([{ verdict: 'FAIL' }]);
    expect(checkNodePools(pool(4), ask.asked)).toMatchObject([
      { verdict: 'WARN', figures: { used: 4, limit: 4 } },
    ]);
  });

  it('warns when nodes may not be read', () => {
    const ask = { asked: examplePods(2, 1), others: [] };
    expect(checkSchedulable(exampleCluster({ nodes: unreadable }), ask)).toMatchObject([{ verdict: 'WARN' }]);
  });
});

describe('the check of Kueue', () => {
  const asked = examplePods(2, 2);
  const queued = { ...asked, demand: { ...asked.demand, queue: 'serving' } };
  const clusterQueue = (name: string, nominal: number, reserved: number): ClusterQueue => ({
    name,
    cohort: 'all',
    stopped: false,
    quotas: [{ flavor: 'l4', resource: 'nvidia.com/gpu', nominal, reserved, borrowingLimit: null }],
  });
  const check = (queues: ClusterQueue[], stopped = false) =>
    checkKueue(
      { clusterQueues: read(queues) },
      { localQueues: read([{ name: 'serving', clusterQueue: 'own', stopped }]) },
      queued,
    ).map(({ verdict }) => verdict);

  it('fails without room or with a stopped queue, and warns of borrowing and of partial admission', () => {
    expect(check([clusterQueue('own', 4, 0)])).toEqual(['WARN']);
    expect(check([clusterQueue('own', 4, 2)])).toEqual(['FAIL']);
    expect(check([clusterQueue('own', 4, 2), clusterQueue('other', 4, 2)])).toEqual(['WARN']);
    expect(check([clusterQueue('own', 4, 0)], true)).toEqual(['FAIL']);
    expect(check([])).toEqual(['FAIL']);
  });

  it('has no say over pods that ask for no queue', () => {
    expect(checkKueue({ clusterQueues: read([]) }, { localQueues: read([]) }, asked)).toEqual([]);
  });
});

it('pods that were seen are not to come, pending ones included', () => {
  const holders = read([exampleHolder('fraud-r2', 4, { pods: 2, pendingPods: 1 })]);
  expect(podsToCome(examplePods(3, 2), { holders })).toBe(1);
  expect(podsToCome(examplePods(3, 2, { namespace: 'other' }), { holders })).toBe(3);
  expect(podsToCome(examplePods(1, 2), { holders })).toBe(0);
});

it('the worst verdict counts, and failures are told before what only needs approval', () => {
  const check = (verdict: 'PASS' | 'WARN' | 'NEEDS_APPROVAL' | 'FAIL') =>
    ({ kind: 'quota', subject: verdict, verdict, sentence: '', figures: {}, fix: null }) as const;
  expect([worstVerdict([]), worstVerdict([check('WARN'), check('NEEDS_APPROVAL')])]).toEqual([
    'PASS',
    'NEEDS_APPROVAL',
  ]);
  const all = [check('NEEDS_APPROVAL'), check('PASS'), check('FAIL'), check('WARN')];
  expect(stoppingChecks(all).map(({ subject }) => subject)).toEqual(['FAIL', 'NEEDS_APPROVAL']);
});

it('readings come back from JSON as they were', () => {
  const cluster = exampleCluster({ holders: unreadable, nodePools: unreadable });
  expect(clusterReadingSchema.parse(JSON.parse(JSON.stringify(cluster)))).toEqual(cluster);
  const namespace = exampleNamespace({ quotas: read([quota(1, 1)]) });
  expect(namespaceReadingSchema.parse(JSON.parse(JSON.stringify(namespace)))).toEqual(namespace);
});
