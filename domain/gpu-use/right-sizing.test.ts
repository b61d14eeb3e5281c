import { describe, expect, it } from 'vitest';
import type { PodUse } from './pod-use.ts';
import { productMemoryMib } from './product-memory.ts';
import { type HeldGpus, rightSizing } from './right-sizing.ts';

const h100 = 'NVIDIA-H100-80GB-HBM3';
const use = (activity: number | null, memoryPeakMib: number | null, more: Partial<PodUse> = {}): PodUse => ({
  podUid: 'u',
  gpus: 1,
  activity,
  memoryPeakMib,
  memoryTotalMib: memoryPeakMib === null ? null : 81_920,
  estimated: false,
  ...more,
});
const held = (uses: readonly PodUse[], change: Partial<HeldGpus> = {}): HeldGpus => ({
  uses,
  product: h100,
  products: [h100, 'NVIDIA-L4'],
  wholeWindow: true,
  ...change,
});

describe('a GPU that is hardly used', () => {
  it('is said with its numbers and the smaller product of the cluster that holds it', () => {
    expect(rightSizing(held([use(0.04, 6_144)]))).toEqual({
      found: 'Hardly used: active 4 % of the last 24 hours.',
      fix: 'It fits NVIDIA-L4 with 22 GiB: its memory peaked at 6 GiB of 80 GiB (7.5 %).',
    });
  });

  it('is to be shared where the cluster has no smaller one', () => {
    expect(rightSizing(held([use(0.1, 20_480)], { products: [h100] }))?.fix).toBe(
      '3 pods like it fit one GPU by time slices or MIG: its memory peaked at 20 GiB of 80 GiB (25 %).',
    );
  });

  it('is not to be shared where its memory leaves no room', () => {
    expect(rightSizing(held([use(0.1, 61_440), use(0.1, 61_440)]))?.fix).toBe(
      'Fewer replicas would do; it does not fit a shared GPU: its memory peaked at 60 GiB of 80 GiB (75 %).',
    );
    expect(rightSizing(held([use(0.1, 61_440)]))?.fix).toMatch(/^It does not fit a shared GPU: /);
  });

  it('with its memory taken in advance is never moved by that memory', () => {
    expect(rightSizing(held([use(0.02, 75_366)]))?.fix).toMatch(
      /^Of its memory 92 % is taken, as by a server that takes it in advance/,
    );
  });

  it('without measured memory asks for the metric first', () => {
    expect(rightSizing(held([use(0, null)]))?.fix).toMatch(
      /^Its memory is not measured: .*DCGM_FI_DEV_FB_USED/,
    );
  });
});

it('a GPU with slack is said only when a smaller product holds twice its peak', () => {
  expect(rightSizing(held([use(0.35, 8_192)]))).toEqual({
    found:
      'A smaller GPU holds it: active 35 % of the last 24 hours, and its memory peaked at 8 GiB of 80 GiB (10 %).',
    fix: 'Try it on NVIDIA-L4 with 22 GiB, in a canary: a smaller GPU is also a slower one.',
  });
  expect(rightSizing(held([use(0.35, 20_480)]))).toBeNull();
});

it.each<[string, HeldGpus]>([
  ['activity is not measured, however little memory is taken', held([use(null, 100)])],
  ['one of the pods is not measured', held([use(0.01, 100), use(null, 100)])],
  ['use is split by share', held([use(0.01, 100, { estimated: true })])],
  ['the pods are there for less than the window', held([use(0.01, 100)], { wholeWindow: false })],
  ['the GPU is well used, however little memory is taken', held([use(0.6, 100)])],
  ['one of the pods is busy, however little the others do', held([use(0.01, 100), use(0.6, 100)])],
  ['nobody is there', held([])],
])('nothing is advised when %s', (_, of) => {
  expect(rightSizing(of)).toBeNull();
});

it('memory is known of a product by its name, else by its data sheet, else not', () => {
  expect(
    [h100, 'NVIDIA-L4', 'NVIDIA-A100-SXM4-40GB', 'NVIDIA-H200', 'Unknown'].map(productMemoryMib),
  ).toEqual([76_293, 22_888, 38_146, 134_468, null]);
});
