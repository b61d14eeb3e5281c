import { describe, expect, it } from 'vitest';
import { blocker } from '../refusal.ts';
import { exampleCluster, exampleHolder, exampleNode } from './example-capacity.ts';
import { explainedShortage } from './explain-shortage.ts';

const holders = [
  exampleHolder('fraud-r1', 4),
  exampleHolder('training', 2),
  exampleHolder('batch', 8, { namespace: 'research' }),
];
const cluster = exampleCluster({
  nodes: { kind: 'read', value: [exampleNode('a', { freeGpus: 0 })] },
  holders: { kind: 'read', value: holders },
});
const known = { namespace: 'production', cluster };

describe('a shortage that the cluster reports', () => {
  const words =
    'pods "fraud-r2-7d9f-x" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=2, used: requests.nvidia.com/gpu=6, limited: requests.nvidia.com/gpu=6';
  const quota = blocker({ code: 'quotaExceeded', message: words, params: { revisionNumber: 2 } });

  it('of a quota names it with used, hard and who in the namespace holds it', () => {
    expect(explainedShortage(quota, known)).toMatchObject({
      code: 'quotaExceeded',
      message:
        'Its pods are refused by ResourceQuota "gpus" of namespace production: 6 of 6 requests.nvidia.com/gpu used, 2 more wanted by each pod; held by fraud-r1 4, training 2.',
      params: { revisionNumber: 2, quota: 'gpus', used: 6, hard: 6, wanted: 2 },
      fix: 'Raise requests.nvidia.com/gpu of ResourceQuota "gpus", or free at least 2.',
    });
  });

  it('has its numbers before the cluster was looked at, and finds the amount that is over among several', () => {
    const several = words
      .replace('requested: ', 'requested: limits.cpu=500m,')
      .replace('used: ', 'used: limits.cpu=1,')
      .replace('limited: ', 'limited: limits.cpu=4,');
    const found = explainedShortage({ ...quota, message: several }, { ...known, cluster: null });
    expect(found.params).toMatchObject({ key: 'requests.nvidia.com/gpu', used: 6, hard: 6 });
    expect(found.message).not.toContain('held by');
  });

  it('of nodes says how many GPUs are free and who holds them, without names of other namespaces', () => {
    const message = 'Pod "p" has no node: 0/1 nodes are available: 1 Insufficient nvidia.com/gpu.';
    const found = explainedShortage(blocker({ code: 'unschedulable', message }), known);
    expect(found.message).toBe(
      `${message} Of 4 GPUs in the cluster 0 are free; held by fraud-r1 4, training 2, other namespaces 8.`,
    );
  });

  it('that says nothing of the kind is left in the words of the cluster', () => {
    const other = blocker({ code: 'quotaExceeded', message: 'exceeded quota: something else' });
    const taint = blocker({ code: 'unschedulable', message: '1 node had an untolerated taint.' });
    expect([other, taint].map((found) => explainedShortage(found, known))).toEqual([other, taint]);
  });
});
