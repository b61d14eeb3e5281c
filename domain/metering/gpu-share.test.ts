import { describe, expect, it, test } from 'vitest';
import { add, type Fraction, fraction, nothing } from './fraction.ts';
import { gpuProductOf, migWeight, productName } from './gpu-product.ts';
import { podGpuShare, unheldGpus } from './gpu-share.ts';
import { nodeGpus } from './node-gpus.ts';
import { type Amounts, noDevices, type ObservedDevices, type ObservedNode } from './observed.ts';
import { nodeOf, podOf } from './observed-fixture.ts';

const gpu = 'nvidia.com/gpu';

type Given = {
  product?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  capacity?: Amounts;
  allocatable?: Amounts;
};

function node({ product, labels = {}, capacity = {}, ...given }: Given): ObservedNode {
  const named = product === undefined ? {} : { 'nvidia.com/gpu.product': product };
  return nodeOf({ allocatable: capacity, ...given, labels: { ...named, ...labels }, capacity });
}

function share(request: Amounts, of: Given, devices = noDevices) {
  const gpus = nodeGpus(node(of), devices);
  const { gpu: part, estimated } = podGpuShare(podOf({ request }), gpus, devices);
  return { part: `${part.n}/${part.d}`, physical: gpus.physical, estimated };
}

describe('the share of a pod', () => {
  const h100 = {
    product: 'NVIDIA-H100-80GB-HBM3',
    capacity: { [gpu]: 8 },
    labels: { 'nvidia.com/gpu.count': '8' },
  };
  const timeSliced = {
    product: 'NVIDIA-A10G-SHARED',
    labels: { 'nvidia.com/gpu.replicas': '4', 'nvidia.com/gpu.count': '2' },
    capacity: { [gpu]: 8 },
  };
  test.each([
    ['whole GPUs', { [gpu]: 4 }, h100, '4/1', 8],
    ['no GPU', { cpu: 500 }, h100, '0/1', 8],
    ['a time slice of four', { [gpu]: 1 }, timeSliced, '1/4', 2],
    [
      'a renamed time slice',
      { 'nvidia.com/gpu.shared': 1 },
      { ...timeSliced, capacity: { 'nvidia.com/gpu.shared': 8 } },
      '1/4',
      2,
    ],
    [
      'an MPS share',
      { [gpu]: 2 },
      { ...timeSliced, labels: { ...timeSliced.labels, 'nvidia.com/gpu.sharing-strategy': 'mps' } },
      '1/2',
      2,
    ],
    [
      'time slices without a count',
      { [gpu]: 1 },
      { ...timeSliced, labels: { 'nvidia.com/gpu.replicas': '4' } },
      '1/4',
      2,
    ],
    [
      'AWS’ virtual GPUs',
      { 'k8s.amazonaws.com/vgpu': 3 },
      { labels: { 'nvidia.com/gpu.count': '1' }, capacity: { 'k8s.amazonaws.com/vgpu': 10 } },
      '3/10',
      1,
    ],
  ])('%s', (_, request, of, part, physical) => {
    expect(share(request as Amounts, of)).toEqual({ part, physical, estimated: false });
  });

  it('counts HAMi’s GPUs by the larger of cores and memory, and by whole ones where neither is asked for', () => {
    const hami = {
      labels: { 'nvidia.com/gpu.memory': '40960' },
      annotations: {
        'hami.io/node-nvidia-register': '[{"id":"GPU-1a","count":10},{"id":"GPU-2b","count":10}]',
      },
      capacity: { [gpu]: 20 },
    };
    const parts = [
      { [gpu]: 2, 'nvidia.com/gpucores': 30 },
      { [gpu]: 1, 'nvidia.com/gpumem': 10_240, 'nvidia.com/gpucores': 10 },
      { [gpu]: 1, 'nvidia.com/gpumem-percentage': 50 },
      { [gpu]: 1 },
    ].map((request) => share(request, hami));
    expect(parts.map(({ part }) => part)).toEqual(['3/5', '1/4', '1/2', '1/1']);
    expect(parts[0]?.physical).toBe(2);
  });

  it('reads KAI’s annotations, and marks memory on a GPU of unknown size as estimated', () => {
    const gpus = nodeGpus(
      nodeOf({ labels: { 'nvidia.com/gpu.memory': '40000', 'nvidia.com/gpu.count': '1' } }),
      noDevices,
    );
    const of = (kai: { fraction?: string; memoryMib?: number; devices?: number }, on = gpus) =>
      podGpuShare(
        podOf({ request: {}, share: { fraction: null, memoryMib: null, devices: 1, ...kai } }),
        on,
        noDevices,
      );
    expect(of({ fraction: '0.25', devices: 2 })).toEqual({ gpu: fraction(1, 2), estimated: false });
    expect(of({ memoryMib: 10_000 })).toEqual({ gpu: fraction(1, 4), estimated: false });
    expect(of({ memoryMib: 10_000 }, { ...gpus, memoryMib: null })).toEqual({
      gpu: fraction(1),
      estimated: true,
    });
  });
});

describe('MIG', () => {
  test.each([
    ['NVIDIA-A100-SXM4-40GB', '1g.5gb', '1/7', 7],
    ['NVIDIA-A100-SXM4-40GB', '1g.10gb', '1/4', 4],
    ['NVIDIA-A100-SXM4-40GB', '2g.10gb', '2/7', 3],
    ['NVIDIA-A100-SXM4-80GB', '3g.40gb', '1/2', 2],
    ['NVIDIA-H100-80GB-HBM3', '4g.40gb', '4/7', 1],
    ['NVIDIA-H200', '1g.18gb', '1/7', 7],
    ['NVIDIA-H200', '1g.35gb', '1/4', 4],
    ['NVIDIA-B200', '7g.180gb', '1/1', 1],
    ['NVIDIA-A30', '1g.6gb', '1/4', 4],
    ['NVIDIA-A30', '2g.12gb', '1/2', 2],
    ['NVIDIA-A100-SXM4-40GB', '1c.2g.10gb', '1/7', 3],
  ])('%s %s is %s of a GPU', (product, profile, weight, perGpu) => {
    const found = migWeight(profile, gpuProductOf(product));
    expect(`${found?.weight.n}/${found?.weight.d}`).toBe(weight);
    expect(found).toMatchObject({ perGpu, estimated: false });
  });

  it('takes an unknown product as one of its instances per GPU, estimated', () => {
    const found = share(
      { 'nvidia.com/mig-3g.20gb': 1 },
      { product: 'NVIDIA-X900', capacity: { 'nvidia.com/mig-3g.20gb': 2 } },
    );
    expect(found).toEqual({ part: '1/2', physical: 1, estimated: true });
  });

  it('with one profile for all counts physical GPUs by instances per GPU', () => {
    const single = {
      product: 'NVIDIA-A100-SXM4-40GB-MIG-2g.10gb',
      labels: { 'nvidia.com/mig.strategy': 'single', 'nvidia.com/gpu.count': '6' },
      capacity: { [gpu]: 6 },
    };
    expect(share({ [gpu]: 1 }, single)).toEqual({ part: '2/7', physical: 2, estimated: false });
  });

  it('whose weights sum to more than a GPU is divided by their sum over the node', () => {
    const mixed = {
      product: 'NVIDIA-A100-SXM4-40GB',
      labels: { 'nvidia.com/mig.strategy': 'mixed', 'nvidia.com/gpu.count': '2' },
      capacity: { [gpu]: 1, 'nvidia.com/mig-3g.20gb': 1, 'nvidia.com/mig-4g.20gb': 1 },
    };
    const parts = ['nvidia.com/mig-3g.20gb', 'nvidia.com/mig-4g.20gb', gpu].map(
      (name) => share({ [name]: 1 }, mixed).part,
    );
    expect(parts).toEqual(['7/15', '8/15', '1/1']);
  });

  const fill = (part: Fraction, times: number): Fraction =>
    Array.from({ length: times }, () => part).reduce(add, nothing);

  it('8 pods of one share each fill 2 GPUs of 4 shares exactly (V2)', () => {
    const of = {
      labels: { 'nvidia.com/gpu.replicas': '4', 'nvidia.com/gpu.count': '2' },
      capacity: { [gpu]: 8 },
    };
    const gpus = nodeGpus(node(of), noDevices);
    const { gpu: part } = podGpuShare(podOf({ request: { [gpu]: 1 } }), gpus, noDevices);
    expect(fill(part, 8)).toEqual(fraction(2));
  });

  it.each([
    [
      '7 × 1g',
      7,
      { product: 'NVIDIA-A100-SXM4-40GB', capacity: { 'nvidia.com/mig-1g.5gb': 7 } },
      { 'nvidia.com/mig-1g.5gb': 1 },
    ],
    [
      '4 × 1g on an A30',
      4,
      { product: 'NVIDIA-A30', capacity: { 'nvidia.com/mig-1g.6gb': 4 } },
      { 'nvidia.com/mig-1g.6gb': 1 },
    ],
    ['3 × a third', 3, { labels: { 'nvidia.com/gpu.replicas': '3' }, capacity: { [gpu]: 3 } }, { [gpu]: 1 }],
  ])('%s fills a GPU exactly', (_, times, of, request) => {
    const gpus = nodeGpus(node(of), noDevices);
    const { gpu: part } = podGpuShare(podOf({ request: request as unknown as Amounts }), gpus, noDevices);
    expect(fill(part, times)).toEqual(fraction(gpus.physical));
    expect(gpus.physical).toBe(1);
  });
});

describe('claims', () => {
  const device = (given: object) => ({
    name: 'gpu-0',
    type: 'gpu',
    product: 'NVIDIA-A100-SXM4-40GB',
    profile: null,
    memoryMib: 40_960,
    capacity: {},
    ...given,
  });
  const driver = 'gpu.nvidia.com';
  const devices = (claim: { holders?: number; result?: object; device?: object }): ObservedDevices => ({
    slices: [{ uid: 's', driver, pool: 'node-1', nodeName: 'node-1', devices: [device(claim.device ?? {})] }],
    claims: [
      {
        uid: 'c',
        namespace: 'production',
        name: 'claim',
        results: [
          { driver, pool: 'node-1', device: 'gpu-0', adminAccess: false, consumed: {}, ...claim.result },
        ],
        holders: claim.holders ?? 1,
      },
    ],
  });
  const held = (claim: Parameters<typeof devices>[0], claimedResources: string[] = []) => {
    const all = devices(claim);
    const request = claimedResources.length > 0 ? { [gpu]: 1 } : {};
    const gpus = nodeGpus(nodeOf({ labels: {}, capacity: {}, allocatable: {} }), all);
    expect(gpus).toMatchObject({ physical: claim.device === undefined ? 1 : gpus.physical });
    const found = podGpuShare(podOf({ request, claims: ['claim'], claimedResources }), gpus, all);
    return { part: `${found.gpu.n}/${found.gpu.d}`, estimated: found.estimated };
  };

  it.each([
    ['one device (V4)', {}, '1/1', false],
    ['shared by two pods is split evenly', { holders: 2 }, '1/2', false],
    ['with admin access holds nothing', { result: { adminAccess: true } }, '0/1', false],
    ['of a MIG device weighs as MIG', { device: { type: 'mig', profile: '1g.5gb' } }, '1/7', false],
    [
      'of a consumable device is what it consumes',
      { device: { capacity: { memory: 40_960 } }, result: { consumed: { memory: 10_240 } } },
      '1/4',
      false,
    ],
    [
      'of a device that no slice describes is a whole one, estimated',
      { result: { device: 'gpu-9' } },
      '1/1',
      true,
    ],
    ['of a network card holds no GPU', { result: { driver: 'nic.example.com' } }, '0/1', false],
  ])('%s', (_, claim, part, estimated) => {
    expect(held(claim)).toEqual({ part, estimated });
  });

  it('that no pod holds are on their node, and on no other', () => {
    const all = devices({ holders: 0 });
    const gpus = nodeGpus(nodeOf(), all);
    expect(unheldGpus('node-1', gpus, all)).toEqual([{ namespace: 'production', gpu: fraction(1) }]);
    expect(unheldGpus('node-2', gpus, all)).toEqual([]);
    expect(unheldGpus('node-1', gpus, devices({ holders: 1 }))).toEqual([]);
  });

  it('behind an extended resource are not counted a second time by the request', () => {
    expect(held({}, [gpu])).toEqual({ part: '1/1', estimated: false });
  });
});

describe('a node', () => {
  it('has the GPUs that are not allocatable as unhealthy', () => {
    const gpus = nodeGpus(nodeOf({ allocatable: { [gpu]: 6 } }), noDevices);
    expect(gpus).toMatchObject({ physical: 8, unhealthy: fraction(2), product: 'NVIDIA-H100-80GB-HBM3' });
  });
  it('without GPUs has no product', () => {
    const gpus = nodeGpus(nodeOf({ labels: {}, capacity: { cpu: 4_000 }, allocatable: {} }), noDevices);
    expect(gpus).toMatchObject({ physical: 0, product: null });
  });
  it('names the same product however its GPUs are shared', () => {
    expect(productName('NVIDIA-A10G-SHARED')).toBe('NVIDIA-A10G');
    expect(productName('NVIDIA-A100-SXM4-40GB-MIG-1g.5gb')).toBe('NVIDIA-A100-SXM4-40GB');
  });
});
