import { nonCentralChiSquareTail } from './chi-square.ts';
import { type BinPair, effectiveRows, occupiedBins, psi, rowsOf } from './divergence.ts';

/** A shift of this PSI is taken as harmless: evidence is that there is more than it, however many rows there are. */
export const harmlessPsi = 0.05;

export type DistributionEvidence = {
  readonly psi: number;
  /** PSI that the same distribution shows on average by chance in this many rows. */
  readonly noiseFloor: number;
  /** PSI less the noise floor, at least 0: what is shown, sorted by and compared. */
  readonly effect: number;
  /** n·m/(n + m)/phi: what both sides together are worth in independent rows. */
  readonly rows: number;
  /** rows·PSI: chi-square when nothing has changed, non-central when something has. */
  readonly statistic: number;
  /** Occupied bins less one. */
  readonly degreesOfFreedom: number;
  /** How likely so much is when the true PSI is no more than the harmless one. */
  readonly p: number;
};

/**
 * How big a shift between two sides is, and what speaks for it: PSI (Jeffreys), its noise floor and the p-value against
 * the harmless shift by the non-central chi-square; phi >= 1 is how much rows wobble together. With one occupied bin
 * nothing can have shifted and p is 1. Null when a side has no rows. Source: drift.md §3.5, §9.7; Yurdakul 2018.
 */
export function distributionEvidence(pair: BinPair, phi: number): DistributionEvidence | null {
  const found = psi(pair);
  if (found === null) return null;
  const degreesOfFreedom = occupiedBins(pair).reference.length - 1;
  const rows = effectiveRows(rowsOf(pair.reference), rowsOf(pair.current)) / phi;
  const statistic = rows * found;
  const noiseFloor = degreesOfFreedom / rows;
  return {
    psi: found,
    noiseFloor,
    effect: Math.max(0, found - noiseFloor),
    rows,
    statistic,
    degreesOfFreedom,
    p: degreesOfFreedom === 0 ? 1 : nonCentralChiSquareTail(statistic, degreesOfFreedom, rows * harmlessPsi),
  };
}
