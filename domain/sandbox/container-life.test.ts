import { describe, expect, it } from 'vitest';
import { defaultModelVersionBehaviour, type ModelVersionBehaviour } from '../sandbox.ts';
import { backOffMs, containerLives } from './container-life.ts';
import type { SandboxPod } from './pod.ts';

const pod: SandboxPod = {
  name: 'fraud-r1-x-1',
  revisionNumber: 1,
  modelVersionId: 'v1',
  createdAtMs: 0,
  scheduledAtMs: 200,
  node: 'sandbox-cpu-1',
  gpuCount: 0,
  readyAfterMs: 6_000,
};
const told = (...faults: readonly (readonly [number, ModelVersionBehaviour['fault']])[]) =>
  faults.map(([atMs, fault]) => ({ atMs, value: { ...defaultModelVersionBehaviour, fault } }));
const running = Number.POSITIVE_INFINITY;

describe('the runs of a container', () => {
  it('are one that goes on while nothing is wrong, and none before the pod has a node', () => {
    expect(containerLives(pod, [], 60_000)).toEqual([{ startMs: 1_000, endMs: running, exitCode: null }]);
    expect(containerLives(pod, [], 999)).toEqual([]);
    expect(containerLives({ ...pod, scheduledAtMs: null }, [], 60_000)).toEqual([]);
  });

  it('crash four seconds after each start, with pauses of 10, 20, 40 … 300 seconds', () => {
    const lives = containerLives(pod, told([0, 'crashLoop']), 60_000);
    expect(lives).toEqual([
      { startMs: 1_000, endMs: 5_000, exitCode: 1 },
      { startMs: 15_000, endMs: 19_000, exitCode: 1 },
      { startMs: 39_000, endMs: 43_000, exitCode: 1 },
    ]);
    expect([0, 1, 2, 5, 50].map(backOffMs)).toEqual([10_000, 20_000, 40_000, 300_000, 300_000]);
  });

  it('go on after the fault has ended, at once or in the run that was under way', () => {
    const ended = containerLives(pod, told([0, 'crashLoop'], [30_000, 'none']), 100_000);
    expect(ended.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [1_000, 5_000],
      [15_000, 19_000],
      [30_000, running],
    ]);
    const underWay = containerLives(pod, told([0, 'crashLoop'], [17_000, 'none']), 100_000);
    expect(underWay.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [1_000, 5_000],
      [15_000, running],
    ]);
  });

  it('are the same up to an instant whatever comes later', () => {
    const behaviour = told([20_000, 'crashLoop'], [90_000, 'none'], [200_000, 'imagePull']);
    const whole = containerLives(pod, behaviour, 400_000);
    for (const untilMs of [10_000, 24_500, 30_000, 95_000, 250_000]) {
      const known = containerLives(pod, behaviour, untilMs);
      expect(known.map(({ startMs }) => startMs)).toEqual(
        whole.flatMap(({ startMs }) => (startMs <= untilMs ? [startMs] : [])),
      );
    }
  });

  it('end while the image cannot be pulled, and not because a probe fails', () => {
    expect(containerLives(pod, told([50_000, 'imagePull']), 60_000)).toEqual([
      { startMs: 1_000, endMs: 50_000, exitCode: 143 },
    ]);
    expect(containerLives(pod, told([50_000, 'neverReady'], [70_000, 'none']), 90_000)).toEqual([
      { startMs: 1_000, endMs: running, exitCode: null },
    ]);
  });
});
