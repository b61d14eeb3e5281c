import { compare, type Fraction, fraction } from './fraction.ts';

/** How a GPU is cut: compute slices, memory slices and memory of the whole GPU, as NVIDIA's MIG guide lists them. */
export type GpuProduct = {
  readonly computeSlices: number;
  readonly memorySlices: number;
  readonly memoryGb: number;
};

const products: readonly (readonly [RegExp, GpuProduct])[] = [
  [/\bA30\b/, { computeSlices: 4, memorySlices: 4, memoryGb: 24 }],
  [/\bRTX-?PRO-?6000\b/, { computeSlices: 4, memorySlices: 4, memoryGb: 96 }],
  [/\bA100\b/, { computeSlices: 7, memorySlices: 8, memoryGb: 40 }],
  [/\b(GH200|H20)\b/, { computeSlices: 7, memorySlices: 8, memoryGb: 96 }],
  [/\bH200\b/, { computeSlices: 7, memorySlices: 8, memoryGb: 141 }],
  [/\bH100\b/, { computeSlices: 7, memorySlices: 8, memoryGb: 80 }],
  [/\bG?B200\b/, { computeSlices: 7, memorySlices: 8, memoryGb: 180 }],
];

/** The product behind a label value: without "-SHARED" and "-MIG-…". */
export function productName(value: string): string {
  return value.replace(/-SHARED$/, '').replace(/-MIG-.*$/, '');
}

/** What is known of a product by its name, whose memory size wins over the usual one; null for one that is not in the table. */
export function gpuProductOf(name: string): GpuProduct | null {
  const words = productName(name).replaceAll(/[\s_]/g, '-');
  const known = products.find(([pattern]) => pattern.test(words))?.[1];
  if (known === undefined) return null;
  const [, size] = /(\d+)-?GB/i.exec(words) ?? [];
  return size === undefined ? known : { ...known, memoryGb: Number(size) };
}

const profilePattern = /^(?:(\d+)c\.)?(\d+)g\.(\d+)gb/;

export type MigWeight = {
  readonly weight: Fraction;
  /** Instances of this profile on one GPU. */
  readonly perGpu: number;
  readonly estimated: boolean;
};

/**
 * Share of a physical GPU that one MIG instance is: the larger of its compute and its memory share, `max(g/G, m/M)`. For
 * a product that is not in the table 1 ÷ instances per GPU of seven compute slices, estimated; null for no MIG profile.
 */
export function migWeight(profile: string, product: GpuProduct | null): MigWeight | null {
  const [, part, slices, size] = profilePattern.exec(profile) ?? [];
  if (slices === undefined || size === undefined) return null;
  const compute = Number(slices);
  if (compute < 1 || compute > (product?.computeSlices ?? 7)) return null;
  // Compute instances share the memory of their GPU instance evenly.
  const parts = part === undefined ? 1 : compute / Number(part);
  const divided = ({ n, d }: Fraction): Fraction =>
    Number.isInteger(parts) ? fraction(n, d * parts) : { n, d };
  if (product === null) {
    const perGpu = Math.floor(7 / compute);
    return { weight: divided(fraction(1, perGpu)), perGpu, estimated: true };
  }
  const { computeSlices, memorySlices, memoryGb } = product;
  const memory = Math.min(memorySlices, Math.max(1, Math.round((Number(size) * memorySlices) / memoryGb)));
  const [byCompute, byMemory] = [fraction(compute, computeSlices), fraction(memory, memorySlices)];
  return {
    weight: divided(compare(byCompute, byMemory) >= 0 ? byCompute : byMemory),
    perGpu: Math.min(Math.floor(computeSlices / compute), Math.floor(memorySlices / memory)),
    estimated: false,
  };
}
