import { describe, expect, it } from 'vitest';
import type { GpuPart } from '../../domain/gpu-map.ts';
import { gpuText, prepareParts, totalsText } from './prepare-node.ts';

const known = { kind: 'known', projectId: 'p', serviceId: 's', revisionId: 'r', role: 'canary' } as const;
const names = { p: 'Demo', s: 'fraud in production', r: 'fraud version 7', 'pod-1': 'fraud-r2-abc' };

describe('the parts of a node', () => {
  it('say who holds how much, what it does unless it serves, and by which pods', () => {
    const parts: GpuPart[] = [
      { bucket: 'serving', holder: known, milliGpu: 2_000, podUids: ['pod-1'] },
      { bucket: 'warmup', holder: { ...known, revisionId: null }, milliGpu: 1_000, podUids: ['gone'] },
      { bucket: 'serving', holder: { kind: 'otherProject' }, milliGpu: 3_000, podUids: [] },
      { bucket: 'idleStranded', holder: { kind: 'nobody' }, milliGpu: 1_000, podUids: [] },
      { bucket: 'unhealthy', holder: { kind: 'nobody' }, milliGpu: 1_000, podUids: [] },
      { bucket: 'rounding', holder: { kind: 'nobody' }, milliGpu: 1, podUids: [] },
    ];
    expect(
      prepareParts(parts, { capacity: 8_000 }, { names, useOf: () => null }).map(
        ({ look, percent, gpus, who, state, pods }) =>
          [look, percent, gpus, who, state, pods.join()].join(' | '),
      ),
    ).toEqual([
      'canary | 25 | 2 GPUs | fraud in production · fraud version 7 · canary |  | fraud-r2-abc',
      'canary | 12.5 | 1 GPU | fraud in production · canary | warming up | gone',
      'foreign | 37.5 | 3 GPUs | Another project |  | ',
      'free | 12.5 | 1 GPU | Nobody | free, but CPU or memory of the node is used up | ',
      'lost | 12.5 | 1 GPU | Nobody | not allocatable | ',
    ]);
  });

  it('are none of a node without GPUs', () => {
    expect(prepareParts([], { capacity: 0 }, { names, useOf: () => null })).toEqual([]);
  });
});

it('counts GPUs in words, fractions to a hundredth', () => {
  expect([gpuText(0), gpuText(333), gpuText(1_000), gpuText(2_500)]).toEqual([
    '0 GPU',
    '0.33 GPU',
    '1 GPU',
    '2.5 GPUs',
  ]);
  expect(totalsText({ capacity: 8_000, held: 6_000, idle: 1_500, lost: 500 })).toBe(
    '8 GPUs: 6 GPUs held, 1.5 GPUs free, 0.5 GPU not usable or not seen',
  );
});
