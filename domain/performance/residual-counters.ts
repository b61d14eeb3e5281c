import { binTotal, type NumericBinning, upperBound } from '../drift/binning.ts';
import { apartKinds, type Counters, storedCounters } from '../drift/counters.ts';
import type { ResidualSums } from './residual-sums.ts';

/** Edges of residuals, in standard deviations of what was predicted when its bins were learned. */
const edgesInDeviations = [-2, -1, -0.5, -0.25, -0.1, 0.1, 0.25, 0.5, 1, 2] as const;
/** Farther ones are counted as this far, and tallied: 2^12 times the range of what was predicted. */
const farthest = 2 ** 36;
/** Powers of a residual exceed int8 and are kept as digits of 32 bits, each with a sum of its own. */
const digitBits = 32n;
const digitMask = 2n ** digitBits - 1n;
const squareDigits = 3;
const fourthDigits = 5;

/** The bins of residuals of a prediction: fixed, so that their counts add up. */
export function residualBinning({ deviation, scale }: NumericBinning): NumericBinning {
  const unit = deviation > 0 ? deviation : scale.step;
  const edges = edgesInDeviations.map((edge) => edge * unit);
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 0];
  const own = { centre: 0, step: scale.step };
  return { kind: 'numeric', edges, points: edges.map(() => false), scale: own, deviation, low, high };
}

function addDigits(sums: bigint[], at: number, { value, digits }: { value: bigint; digits: number }): void {
  for (let place = 0, rest = value; place < digits; place += 1, rest >>= digitBits)
    sums[at + place] = (sums[at + place] ?? 0n) + (rest & digitMask);
}

const numberOf = (digits: readonly bigint[]): bigint =>
  digits.reduceRight((sum, digit) => (sum << digitBits) + digit, 0n);

/**
 * Counts residuals of a prediction: rows by bin and, as sums, those of steps, of their sizes, squares and fourth powers
 * (by digits). The same to the last bit for every order and split.
 */
export function residualCounter(binning: NumericBinning): (residuals: readonly unknown[]) => Counters {
  const bins = residualBinning(binning);
  return (residuals) => {
    const counts = Array.from({ length: binTotal(bins) }, () => 0);
    const sums = Array.from({ length: 2 + squareDigits + fourthDigits }, () => 0n);
    let clamped = 0;
    for (const residual of residuals.map(Number)) {
      const bin = upperBound(bins.edges, residual);
      counts[bin] = (counts[bin] ?? 0) + 1;
      const exact = Math.round(residual / bins.scale.step);
      const steps = Math.max(-farthest, Math.min(farthest, exact));
      if (steps !== exact) clamped += 1;
      const size = BigInt(Math.abs(steps));
      sums[0] = (sums[0] ?? 0n) + BigInt(steps);
      sums[1] = (sums[1] ?? 0n) + size;
      addDigits(sums, 2, { value: size ** 2n, digits: squareDigits });
      addDigits(sums, 2 + squareDigits, { value: size ** 4n, digits: fourthDigits });
    }
    const apart = apartKinds.map((kind) => (kind === 'clamped' ? clamped : 0));
    return storedCounters(counts, sums, apart);
  };
}

/** What such counters add up to; no rows for those of none. */
export function residualSumsOf({ counts, sums }: Counters): ResidualSums {
  const digitsFrom = 2 + squareDigits;
  return {
    rows: counts.reduce((all, rows) => all + rows, 0),
    sum: sums[0] ?? 0n,
    absolute: sums[1] ?? 0n,
    squares: numberOf(sums.slice(2, digitsFrom)),
    fourths: numberOf(sums.slice(digitsFrom)),
  };
}
