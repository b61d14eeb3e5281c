import { expect, it } from 'vitest';
import { defaultModelVersionBehaviour } from '../sandbox.ts';
import { sandboxGpuSamples } from './gpu-use.ts';
import type { SandboxHistory } from './load.ts';

const start = Date.UTC(2026, 10, 23);
const day = 86_400_000;
const pod = (name: string, gpuCount: number) => ({
  name,
  revisionNumber: 1,
  modelVersionId: 'v',
  createdAtMs: start,
  scheduledAtMs: start,
  node: 'sandbox-gpu-1',
  gpuCount,
  readyAfterMs: 0,
});
const history = (requestsPerSecond: number, pods = [pod('a', 1)]): SandboxHistory => ({
  seed: 7,
  namespace: 'production',
  weights: [{ atMs: start, value: { 1: 100 } }],
  pods: [{ atMs: start, value: pods }],
  service: [{ atMs: start, value: { requestsPerSecond, fault: 'none' } }],
  modelVersions: new Map([
    ['v', [{ atMs: start, value: { ...defaultModelVersionBehaviour, latencyMs: 100, slowShare: 0 } }]],
  ]),
});
const over = { fromMs: start, atMs: start + day, memoryMibOf: () => 80_000 };
const activities = (of: SandboxHistory) => sandboxGpuSamples(of, over).map(({ activity }) => activity);

it('a GPU is active while a request is under way: 10 per second of 100 ms each, 1 − 1/e of the time', () => {
  expect(activities(history(10))).toEqual([expect.closeTo(1 - 1 / Math.E, 6)]);
  expect(activities(history(0))).toEqual([0]);
});

it('pods share the traffic, and each GPU of a pod does the same', () => {
  expect(activities(history(10, [pod('a', 2), pod('b', 1)]))).toEqual(
    Array.from({ length: 3 }, () => expect.closeTo(1 - Math.exp(-0.5), 6)),
  );
});

it('memory is that of the ModelVersion, the same at every look, and missing where the GPU is unknown', () => {
  const [sample] = sandboxGpuSamples(history(10), over);
  expect(sandboxGpuSamples(history(10), over)).toEqual([sample]);
  expect(sample?.memoryPeakMib).toBeGreaterThanOrEqual(80_000 * 0.55);
  expect(sample?.memoryPeakMib).toBeLessThanOrEqual(80_000 * 0.57);
  expect(sandboxGpuSamples(history(10), { ...over, memoryMibOf: () => null })[0]).toMatchObject({
    memoryPeakMib: null,
    memoryTotalMib: null,
  });
});

it('pods without GPUs or not yet ready have none', () => {
  expect(activities(history(10, [pod('a', 0)]))).toEqual([]);
  expect(sandboxGpuSamples(history(10), { ...over, atMs: start - 1 })).toEqual([]);
});
