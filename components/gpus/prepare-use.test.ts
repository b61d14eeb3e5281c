import { describe, expect, it } from 'vitest';
import type { GpuPart } from '../../domain/gpu-map.ts';
import type { GpuCluster, GpuUse } from './gpu-answers.ts';
import { efficiencyText, partUse, prepareIdle, prepareSizing, usesByPod, useText } from './prepare-use.ts';

const holder = { kind: 'known', projectId: 'p', serviceId: 's', revisionId: 'r', role: 'stable' } as const;
const part = (change: Partial<GpuPart>): GpuPart => ({
  bucket: 'serving',
  holder,
  milliGpu: 1_000,
  podUids: ['a'],
  ...change,
});
const idlePart = (bucket: GpuPart['bucket'], milliGpu: number) =>
  part({ bucket, milliGpu, holder: { kind: 'nobody' }, podUids: [] });
const node = (name: string, gpuProduct: string, parts: readonly GpuPart[]): GpuCluster['nodes'][number] => ({
  uid: `${name}-uid`,
  facts: { name, instanceType: null, capacityType: 'onDemand', gpuProduct, physicalGpus: 4 },
  parts,
  totals: { capacity: 4_000, held: 0, idle: 0, lost: 0 },
});
const cluster = (nodes: GpuCluster['nodes']): GpuCluster => ({
  id: 'c',
  name: 'c',
  kind: 'kubernetes',
  seenUntil: null,
  now: new Date(0),
  nodes,
});
const use = (
  podUid: string,
  activity: number | null,
  change: Partial<GpuUse['uses'][number]> = {},
): GpuUse['uses'][number] => ({
  podUid,
  gpus: 1,
  activity,
  memoryPeakMib: 8_192,
  memoryTotalMib: 81_920,
  estimated: false,
  wholeWindow: true,
  ...change,
});
const names = { s: 'search in production', r: 'search version 3' };

describe('use beside a holder', () => {
  it('is said with its memory, and by how many pods it is known', () => {
    expect(useText([use('a', 0.1), use('b', 0.3)])).toBe('used 20 %, memory up to 10 % of 80 GiB');
    expect(useText([use('a', 0.1), use('b', null)])).toBe(
      'used 10 % (1 of 2 pods measured), memory up to 10 % of 80 GiB',
    );
    expect(useText([use('a', 0.5, { estimated: true })])).toMatch(/, estimated by share$/);
  });

  it('that was not measured is never 0', () => {
    const none = { memoryPeakMib: null, memoryTotalMib: null };
    expect(useText([use('a', null, none)])).toBe('use not measured');
    expect(useText([use('a', null)])).toBe('use not measured, memory up to 10 % of 80 GiB');
    expect(useText([use('a', 0, none)])).toBe('used 0 %, memory not measured');
  });

  it('of a whole project is weighed by what is held, and says what is missing', () => {
    expect(efficiencyText([use('a', 0.1, { gpus: 3 }), use('b', 0.5)])).toBe(
      'This project used 20 % of 4 GPUs that its pods hold.',
    );
    expect(efficiencyText([use('a', 0.1), use('b', null)])).toBe(
      'This project used 10 % of 1 GPU that its pods hold; 1 of 2 pods are not measured.',
    );
    expect(efficiencyText([use('a', null)])).toBeNull();
  });

  it('is not there for pods of others', () => {
    expect(partUse(part({ podUids: ['theirs'] }), usesByPod({ uses: [use('a', 0.5)] }))).toBeNull();
  });
});

it('idle GPUs are named by their cause, the most first, with the rollout that gave them back', () => {
  const ended = {
    clusterId: 'c',
    nodeUid: 'n1-uid',
    rolloutId: 'x',
    serviceName: 'search',
    phase: 'rolledBack' as const,
    endedAt: new Date(0),
  };
  const nodes = [
    node('n1', 'H100', [
      part({}),
      idlePart('idleFree', 1_000),
      idlePart('idleBoot', 500),
      idlePart('rounding', 1),
    ]),
    node('n2', 'L4', [idlePart('idleTail', 4_000)]),
  ];
  expect(
    prepareIdle([cluster(nodes)], [ended]).map((line) => [
      line.gpus,
      line.node,
      line.cause,
      line.ended?.rolloutId,
    ]),
  ).toEqual([
    ['4 GPUs', 'n2', 'free, and nothing else runs on the node', undefined],
    ['1 GPU', 'n1', 'free', 'x'],
    ['0.5 GPU', 'n1', 'not registered yet', undefined],
  ]);
});

describe('right-sizing', () => {
  const nodes = [
    node('n1', 'NVIDIA-H100-80GB-HBM3', [part({ podUids: ['a'] })]),
    node('n2', 'NVIDIA-H100-80GB-HBM3', [part({ podUids: ['b'], milliGpu: 2_000 })]),
    node('n3', 'NVIDIA-L4', [idlePart('idleFree', 4_000)]),
  ];
  const lines = (uses: GpuUse['uses']) => prepareSizing([cluster(nodes)], names, usesByPod({ uses }));

  it('judges a holder over all nodes of a kind at once', () => {
    expect(lines([use('a', 0.02), use('b', 0.04)])).toMatchObject([
      {
        who: 'search in production · search version 3 · stable',
        gpus: '3 GPUs',
        serviceId: 's',
        found: 'Hardly used: active 3 % of the last 24 hours.',
        fix: 'It fits NVIDIA-L4 with 22 GiB: its memory peaked at 8 GiB of 80 GiB (10 %).',
      },
    ]);
  });

  it('says nothing of a holder of which one pod is busy, young or not measured', () => {
    expect(lines([use('a', 0.02), use('b', 0.9)])).toEqual([]);
    expect(lines([use('a', 0.02), use('b', 0.02, { wholeWindow: false })])).toEqual([]);
    expect(lines([use('a', 0.02), use('b', null)])).toEqual([]);
    expect(lines([])).toEqual([]);
  });
});
