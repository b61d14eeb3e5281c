import { expect, it } from 'vitest';
import { effectiveRequest } from './effective-request.ts';

const gpu = 'nvidia.com/gpu';
const nothing = { containers: [], initContainers: [], pod: {}, overhead: {} };

it('app containers and sidecars add up', () => {
  const request = effectiveRequest({
    ...nothing,
    containers: [{ amounts: { cpu: 1_000, [gpu]: 1 } }, { amounts: { cpu: 500 } }],
    initContainers: [{ amounts: { cpu: 250 }, sidecar: true }],
  });
  expect(request).toEqual({ cpu: 1_750, [gpu]: 1 });
});

it('an init container counts with the sidecars before it, not with those after it', () => {
  const request = effectiveRequest({
    ...nothing,
    containers: [{ amounts: { cpu: 100 } }],
    initContainers: [
      { amounts: { cpu: 200 }, sidecar: true },
      { amounts: { cpu: 900, [gpu]: 2 } },
      { amounts: { cpu: 300 }, sidecar: true },
    ],
  });
  expect(request).toEqual({ cpu: 1_100, [gpu]: 2 });
});

it('pod-level resources stand for the sum, and overhead comes on top', () => {
  const request = effectiveRequest({
    containers: [{ amounts: { cpu: 100, [gpu]: 1 } }],
    initContainers: [],
    pod: { cpu: 2_000 },
    overhead: { cpu: 50, memory: 120 },
  });
  expect(request).toEqual({ cpu: 2_050, memory: 120, [gpu]: 1 });
});

it('a pod that asks for nothing has nothing', () => {
  expect(effectiveRequest(nothing)).toEqual({});
});
