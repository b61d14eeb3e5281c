import { expect, it } from 'vitest';
import { livesOf } from './pod-lives.ts';
import type { Series } from './prometheus-api.ts';

const series = (labels: Record<string, string>, value: number): Series => ({
  labels: { uid: 'u', pod: 'batch-1', ...labels },
  points: [[0, String(value)]],
});
const none = {
  scheduled: [],
  seen: [],
  completed: [],
  over: [],
  started: [],
  ready: [],
  owner: [],
  requests: [],
};
const requests = [
  series({ node: 'gpu-1', resource: 'nvidia_com_gpu' }, 2),
  series({ node: 'gpu-1', resource: 'cpu' }, 0.25),
  series({ node: 'gpu-1', resource: 'memory' }, 1_024 ** 3),
];

it('a pod is put together from the series of kube-state-metrics', () => {
  const answers = {
    ...none,
    requests,
    scheduled: [series({}, 1_000)],
    seen: [series({}, 1_600)],
    completed: [series({}, 1_500)],
    over: [series({}, 1)],
    started: [series({}, 1_010)],
    owner: [series({ owner_kind: 'Job', owner_name: 'batch' }, 1)],
  };
  expect(livesOf('fraud', answers)).toEqual([
    {
      uid: 'u',
      namespace: 'fraud',
      name: 'batch-1',
      nodeName: 'gpu-1',
      owner: { kind: 'Job', name: 'batch' },
      request: { 'nvidia.com/gpu': 2, cpu: 250, memory: 1_024 },
      scheduledAt: new Date(1_000_000),
      startedAt: new Date(1_010_000),
      readyAt: null,
      endAt: new Date(1_500_000),
      endKnown: true,
    },
  ]);
});

it('without a completion it ended when it was seen last', () => {
  const answers = { ...none, requests, scheduled: [series({}, 1_000)], seen: [series({}, 1_600)] };
  expect(livesOf('fraud', answers)[0]).toMatchObject({ endAt: new Date(1_600_000), endKnown: false });
});

it('the end of a container that crashed is not that of its pod', () => {
  const answers = {
    ...none,
    requests,
    scheduled: [series({}, 1_000)],
    seen: [series({}, 1_600)],
    completed: [series({}, 1_500)],
    over: [series({}, 0)],
  };
  expect(livesOf('fraud', answers)[0]).toMatchObject({ endAt: new Date(1_600_000), endKnown: false });
});

it('a pod that lived between two looks was there until the last thing that is known of it', () => {
  const answers = { ...none, requests, scheduled: [series({}, 1_000)], started: [series({}, 1_004)] };
  expect(livesOf('fraud', answers)[0]?.endAt).toEqual(new Date(1_004_000));
});

it('a pod that was never bound is none', () => {
  expect(livesOf('fraud', { ...none, requests, seen: [series({}, 1_600)] })).toEqual([]);
});

it('MIG devices are found under the name that kube-state-metrics gives them', () => {
  const mig = [series({ node: 'gpu-1', resource: 'nvidia_com_mig_1g_5gb' }, 1)];
  const answers = { ...none, requests: mig, scheduled: [series({}, 1_000)], seen: [series({}, 1_600)] };
  expect(livesOf('fraud', answers)[0]?.request).toEqual({ 'nvidia.com/mig-1g.5gb': 1 });
});
