import { chiSquareTail } from './chi-square.ts';
import { type BinPair, occupiedBins, rowsOf } from './divergence.ts';
import { normalTail } from './normal.ts';

/** Pearson's statistic of rows per bin in several windows, over the bins and windows that have rows. */
export function pearson(windows: readonly (readonly number[])[]): {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly windows: number;
} {
  const filled: { readonly counts: readonly number[]; readonly rows: number }[] = [];
  const totals: number[] = [];
  let all = 0;
  for (const counts of windows) {
    const rows = rowsOf(counts);
    if (rows === 0) continue;
    if (filled.length > 0 && counts.length !== totals.length)
      throw new RangeError('All windows must have the same bins.');
    for (let bin = 0; bin < counts.length; bin += 1) totals[bin] = (totals[bin] ?? 0) + (counts[bin] ?? 0);
    filled.push({ counts, rows });
    all += rows;
  }
  let statistic = 0;
  for (const { counts, rows } of filled) {
    // Plain loops: a monitor's over-dispersion is estimated from every window of four weeks.
    for (let bin = 0; bin < totals.length; bin += 1) {
      const expected = (rows / all) * (totals[bin] ?? 0);
      if (expected > 0) statistic += ((counts[bin] ?? 0) - expected) ** 2 / expected;
    }
  }
  let occupied = 0;
  for (const total of totals) if (total > 0) occupied += 1;
  const degreesOfFreedom = Math.max(0, filled.length - 1) * Math.max(0, occupied - 1);
  return { statistic, degreesOfFreedom, windows: filled.length };
}

export type Homogeneity = {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  /** Cramér's V, 0 to 1, and the one without its upward bias in small samples (Bergsma 2013). */
  readonly cramersV: number;
  readonly cramersVCorrected: number;
};

/**
 * Chi-square test that both sides come from one distribution, both taken as samples, over the occupied bins; with one
 * such bin nothing can differ and p is 1. Symmetric. Null when a side has no rows.
 */
export function homogeneity(pair: BinPair): Homogeneity | null {
  const { reference, current } = occupiedBins(pair);
  const rows = rowsOf(reference) + rowsOf(current);
  if (rowsOf(reference) === 0 || rowsOf(current) === 0) return null;
  const { statistic, degreesOfFreedom } = pearson([reference, current]);
  if (degreesOfFreedom === 0)
    return { statistic: 0, degreesOfFreedom, p: 1, cramersV: 0, cramersVCorrected: 0 };
  const square = statistic / rows;
  const bins = reference.length - degreesOfFreedom ** 2 / (rows - 1);
  const sides = 2 - 1 / (rows - 1);
  const unbiased = Math.max(0, square - degreesOfFreedom / (rows - 1));
  return {
    statistic,
    degreesOfFreedom,
    p: chiSquareTail(statistic, degreesOfFreedom),
    cramersV: Math.sqrt(square),
    cramersVCorrected: unbiased === 0 ? 0 : Math.sqrt(unbiased / Math.min(bins - 1, sides - 1)),
  };
}

/** Rows that have something, of all that could. */
export type ShareCounts = { readonly part: number; readonly whole: number };

/**
 * Two-proportion z (pooled) and its two-sided p: whether two shares differ at all. Positive when the reference's share
 * is larger. Two equal shares of nothing or of everything give 0. Null when a side has no rows.
 */
export function twoProportions(
  reference: ShareCounts,
  current: ShareCounts,
): { readonly z: number; readonly p: number } | null {
  if (reference.whole === 0 || current.whole === 0) return null;
  const pooled = (reference.part + current.part) / (reference.whole + current.whole);
  const variance = pooled * (1 - pooled) * (1 / reference.whole + 1 / current.whole);
  if (variance === 0) return { z: 0, p: 1 };
  const z = (reference.part / reference.whole - current.part / current.whole) / Math.sqrt(variance);
  return { z, p: 2 * normalTail(Math.abs(z)) };
}
