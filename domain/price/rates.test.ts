import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gpuRate, lineParts, lineRates, rateModes, type SplitFacts } from './rates.ts';

const gib = 1024;
const node = (gpus: number, cpus: number, memoryGib: number): SplitFacts => ({
  gpuProduct: gpus === 0 ? null : 'NVIDIA-H100-80GB-HBM3',
  physicalGpus: gpus,
  milliCpu: cpus * 1000,
  memoryMib: memoryGib * gib,
});

/** Rounded half up to thousandths. */
const thousandths = ({ n, d }: { n: bigint; d: bigint }, of: bigint) =>
  Number((2n * n * 1000n + d * of) / (2n * d * of)) / 1000;
const nano = 1_000_000_000n;

describe('OpenCost’s split of public prices', () => {
  it.each([
    ['p5.48xlarge', node(8, 192, 2048), 55_040_000_000n, 6.88, 2.34, 0.34],
    ['p5en.48xlarge', node(8, 192, 2048), 63_296_000_000n, 7.912, 2.691, 0.34],
    ['p4d.24xlarge', node(8, 96, 1152), 21_958_000_000n, 2.745, 1.344, 0.49],
    ['a3-highgpu-8g', node(8, 208, 1872), 88_490_000_000n, 11.061, 3.803, 0.344],
    ['NC40ads_H100_v5', node(1, 40, 320), 6_980_000_000n, 6.98, 1.857, 0.266],
    ['NC24ads_A100_v4', node(1, 24, 220), 3_673_000_000n, 3.673, 1.321, 0.36],
    ['g6e.xlarge', node(1, 4, 32), 1_861_000_000n, 1.861, 1.459, 0.784],
    ['g6.xlarge', node(1, 4, 16), 804_800_000n, 0.805, 0.668, 0.83],
    ['g5.xlarge', node(1, 4, 16), 1_006_000_000n, 1.006, 0.835, 0.83],
    ['g4dn.xlarge', node(1, 4, 16), 526_000_000n, 0.526, 0.437, 0.83],
  ])('%s has the published GPU rates and share', (_name, facts, price, loaded, openCost, share) => {
    const rate = (mode: 'loaded' | 'openCost') =>
      thousandths(gpuRate(facts, price, mode) ?? { n: 0n, d: 1n }, nano);
    expect(rate('loaded')).toBe(loaded);
    expect(rate('openCost')).toBe(openCost);
    const parts = lineParts(facts, 'openCost');
    expect(thousandths({ n: parts.gpu, d: parts.of }, 1n)).toBe(share);
  });
});

const nodes = fc.record({
  gpuProduct: fc.constantFrom(null, 'NVIDIA-L4'),
  physicalGpus: fc.integer({ min: 0, max: 16 }),
  milliCpu: fc.integer({ min: 0, max: 512_000 }),
  memoryMib: fc.integer({ min: 0, max: 8 * 1024 * gib }),
});

describe('the lines of a node', () => {
  it('sum to its price exactly in both modes, for any node', () => {
    fc.assert(
      fc.property(nodes, fc.bigInt({ min: 0n, max: 10n ** 18n }), (facts, price) => {
        for (const mode of rateModes) {
          const { gpu, cpu, memory } = lineRates(facts, price, mode);
          expect(gpu.d).toBe(cpu.d);
          expect(gpu.n + cpu.n + memory.n).toBe(price * gpu.d);
        }
      }),
    );
  });

  it('of a GPU node cost nothing but its GPUs when loaded', () => {
    const { gpu, cpu, memory } = lineParts(node(8, 192, 2048), 'loaded');
    expect([gpu, cpu, memory]).toEqual([1n, 0n, 0n]);
  });

  it('of a node whose GPUs have not registered yet lie on the GPU line when loaded', () => {
    const booting = { ...node(8, 192, 2048), physicalGpus: 0 };
    expect(lineParts(booting, 'loaded').gpu).toBe(1n);
    expect(gpuRate(booting, 1n, 'loaded')).toBeNull();
  });

  it('of a node without GPUs are split CPU to memory by OpenCost’s ratio in both modes', () => {
    const facts = node(0, 1, 1);
    for (const mode of rateModes) {
      const { gpu, cpu, memory } = lineParts(facts, mode);
      expect(gpu).toBe(0n);
      expect(cpu * 4_237n).toBe(memory * 31_611n);
    }
  });
});
