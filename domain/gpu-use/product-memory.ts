import { gpuProductOf, productName } from '../metering/gpu-product.ts';

/** Memory in GB of products that are not in the table of MIG slices, by their data sheets. */
const sizes: readonly (readonly [RegExp, number])[] = [
  [/\bT4\b/, 16],
  [/\bV100\b/, 16],
  [/\bL4\b/, 24],
  [/\bA10G?\b/, 24],
  [/\bA40\b/, 48],
  [/\bL40S?\b/, 48],
];

/** Memory of one GPU in MiB, by the decimal gigabytes of its name or data sheet, which is a little less than it has; null when unknown. */
export function productMemoryMib(product: string): number | null {
  const words = productName(product).replaceAll(/[\s_]/g, '-');
  const [, named] = /(\d+)-?GB/i.exec(words) ?? [];
  const size =
    named === undefined
      ? (gpuProductOf(product)?.memoryGb ?? sizes.find(([pattern]) => pattern.test(words))?.[1])
      : Number(named);
  return size === undefined ? null : Math.floor((size * 1_000 ** 3) / 1_024 ** 2);
}
