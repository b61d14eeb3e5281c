import { expect, it } from 'vitest';
import { podGpuShare } from '../metering/gpu-share.ts';
import { nodeGpus } from '../metering/node-gpus.ts';
import { noDevices } from '../metering/observed.ts';
import { nodeOf, podOf } from '../metering/observed-fixture.ts';
import { podDemand } from './pod-demand.ts';
import { milliGpuOf } from './pod-gpus.ts';

const a100 = 'NVIDIA-A100-SXM4-40GB';
const none = { annotations: {}, nodeSelector: {} };

it.each([
  ['two whole GPUs', { requests: { 'nvidia.com/gpu': 2 }, ...none }, 2_000],
  [
    'MIG, mixed, of a pinned product',
    {
      ...none,
      requests: { 'nvidia.com/mig-3g.20gb': 1 },
      nodeSelector: { 'nvidia.com/gpu.product': a100 },
    },
    500,
  ],
  ['MIG of a product that is not pinned', { ...none, requests: { 'nvidia.com/mig-3g.20gb': 1 } }, 500],
  [
    'MIG, single: a GPU of the resource is one device',
    {
      ...none,
      requests: { 'nvidia.com/gpu': 2 },
      nodeSelector: { 'nvidia.com/gpu.product': `${a100}-MIG-1g.5gb` },
    },
    286,
  ],
  [
    'time slices whose number is pinned',
    { ...none, requests: { 'nvidia.com/gpu': 1 }, nodeSelector: { 'nvidia.com/gpu.replicas': '4' } },
    250,
  ],
  ['a slice of unknown size, as a whole GPU', { ...none, requests: { 'nvidia.com/gpu.shared': 1 } }, 1_000],
  ['HAMi by cores', { ...none, requests: { 'nvidia.com/gpu': 1, 'nvidia.com/gpucores': 30 } }, 300],
  ['KAI by its annotation', { ...none, requests: {}, annotations: { 'gpu-fraction': '0.25' } }, 250],
  ['AWS shares', { ...none, requests: { 'k8s.amazonaws.com/vgpu': 5 } }, 500],
  ['nothing', { ...none, requests: { cpu: 4 } }, 0],
])('a pod that asks for %s would be metered as so much', (_name, asked, milliGpu) => {
  expect(milliGpuOf(asked)).toBe(milliGpu);
});

it.each([
  ['mixed', { 'nvidia.com/mig-1g.5gb': 7 }, { 'nvidia.com/mig-1g.5gb': 1 }, a100, '1'],
  ['single', { 'nvidia.com/gpu': 7 }, { 'nvidia.com/gpu': 1 }, `${a100}-MIG-1g.5gb`, '7'],
])(
  'MIG %s is reserved as it is metered on its node, rounded up',
  (strategy, capacity, request, product, count) => {
    const labels = {
      'nvidia.com/gpu.product': product,
      'nvidia.com/gpu.count': count,
      'nvidia.com/mig.strategy': strategy,
    };
    const node = nodeGpus(nodeOf({ labels, capacity, allocatable: capacity }), noDevices);
    const { gpu } = podGpuShare(podOf({ request }), node, noDevices);
    const nodeSelector = { 'nvidia.com/gpu.product': product };
    expect(milliGpuOf({ requests: request, annotations: {}, nodeSelector })).toBe(
      Math.ceil((gpu.n * 1_000) / gpu.d),
    );
  },
);

it('a vendor that metering does not know is reserved as whole GPUs', () => {
  const resources = { limits: { 'example.com/gpu': 2 } };
  const demand = podDemand({ spec: { containers: [{ name: 'model', image: 'model', resources }] } });
  expect(demand.milliGpu).toBe(2_000);
});
