import { upperGamma } from './gamma.ts';

/** P(Z > z) of the standard normal, with relative precision far into the tail. */
export function normalTail(z: number): number {
  const half = upperGamma(0.5, (z * z) / 2) / 2;
  return z < 0 ? 1 - half : half;
}
