import { describe, expect, it } from 'vitest';
import type { Pod, PodContainer } from '../../domain/pod.ts';
import { latestTermination, podStanding, podsByRevision, terminationWords } from './pod-words.ts';

const container: PodContainer = {
  name: 'model',
  image: 'fraud:1',
  init: false,
  ready: true,
  restarts: 0,
  state: { kind: 'running', startedAt: '2026-11-24T12:00:00.000Z' },
  lastTermination: null,
};
const pod: Pod = {
  name: 'fraud-r1-abc-1',
  uid: 'one',
  revisionNumber: 1,
  phase: 'Running',
  ready: true,
  restarts: 0,
  node: 'gpu-1',
  gpuCount: 1,
  createdAt: '2026-11-24T12:00:00.000Z',
  deletingAt: null,
  problem: null,
  labels: {},
  containers: [container],
};
const killed = {
  exitCode: 137,
  reason: 'OOMKilled',
  signal: null,
  startedAt: null,
  finishedAt: '2026-11-24T12:05:00.000Z',
  message: '',
};
const waiting = (reason: string, message = ''): PodContainer => ({
  ...container,
  ready: false,
  state: { kind: 'waiting', reason, message },
});

describe('the standing of a pod', () => {
  it.each<[string, Partial<Pod>, string]>([
    ['that serves', {}, 'ready'],
    ['that is being deleted', { deletingAt: pod.createdAt }, 'ending'],
    [
      'that has no node',
      { ready: false, phase: 'Pending', node: null, containers: [waiting('')] },
      'no node',
    ],
    ['whose container is made', { ready: false, containers: [waiting('ContainerCreating')] }, 'starting'],
    ['that crashes', { ready: false, containers: [waiting('CrashLoopBackOff')] }, 'crashing'],
    ['whose image is missing', { ready: false, containers: [waiting('ErrImagePull')] }, 'image not pulled'],
    [
      'that waits for something else',
      { ready: false, containers: [waiting('RunContainerError')] },
      'waiting',
    ],
    ['that fails its probe', { ready: false }, 'running, not ready'],
    ['that was evicted', { ready: false, phase: 'Failed', problem: 'Evicted' }, 'failed'],
  ])('%s is said in words', (_, given, label) => {
    expect(podStanding({ ...pod, ...given }).label).toBe(label);
  });

  it('names the container and the words of the cluster', () => {
    const crashing = waiting('CrashLoopBackOff', 'back-off 40s');
    expect(podStanding({ ...pod, ready: false, containers: [crashing] }).detail).toBe(
      'model: CrashLoopBackOff: back-off 40s',
    );
  });
});

describe('the last end of a pod', () => {
  it('is the latest of its containers, also of one that has not come back', () => {
    const ended = { ...killed, finishedAt: '2026-11-24T12:06:00.000Z', exitCode: 1, reason: 'Error' };
    const containers: PodContainer[] = [
      { ...container, lastTermination: killed },
      { ...container, name: 'sidecar', state: { kind: 'terminated', termination: ended } },
    ];
    const latest = latestTermination({ ...pod, containers });
    expect(latest?.container.name).toBe('sidecar');
    expect(latest === null ? '' : terminationWords(latest.termination)).toBe('Error (exit code 1)');
    expect(terminationWords(killed)).toBe('OOMKilled (exit code 137)');
    expect(terminationWords({ ...killed, reason: '', signal: 9 })).toBe('signal 9');
  });

  it('is none while nothing ended but an init container that did its work', () => {
    const done = { ...killed, exitCode: 0, reason: 'Completed' };
    const init = { ...container, init: true, state: { kind: 'terminated' as const, termination: done } };
    expect(latestTermination({ ...pod, containers: [init, container] })).toBeNull();
  });
});

it('pods are grouped by revision, the newest first and those of others last', () => {
  const of = (name: string, revisionNumber: number | null): Pod => ({ ...pod, name, revisionNumber });
  const groups = podsByRevision([of('b', 1), of('x', null), of('c', 2), of('a', 1)]);
  expect(groups.map(({ number, pods }) => [number, pods.map(({ name }) => name)])).toEqual([
    [2, ['c']],
    [1, ['a', 'b']],
    [null, ['x']],
  ]);
});
