import type { FixedPoint } from '../drift/binning.ts';
import { deviations } from './rate.ts';

/**
 * Predicted less true values as whole numbers that add up: each residual is rounded once to a step of the scale, and
 * its size, square and fourth power are those of the rounded one.
 */
export type ResidualSums = {
  readonly rows: number;
  readonly sum: bigint;
  readonly absolute: bigint;
  readonly squares: bigint;
  readonly fourths: bigint;
};

/** In the unit of the values, with what it may as well be, 95 in 100 times. */
type Figure = { readonly value: number; readonly low: number; readonly high: number };

const figure = (value: number, deviation: number, least = Number.NEGATIVE_INFINITY): Figure => ({
  value,
  low: Math.max(least, value - deviations * deviation),
  high: value + deviations * deviation,
});

export type MeasuredResiduals = { readonly mae: Figure; readonly rmse: Figure; readonly bias: Figure };

/** Mean size, root mean square and mean of residuals; rows are worth 1/phi each. Null without rows. */
export function measuredResiduals(
  { rows, sum, absolute, squares, fourths }: ResidualSums,
  step: FixedPoint['step'],
  phi = 1,
): MeasuredResiduals | null {
  if (rows === 0) return null;
  const worth = rows / phi;
  const [mean, size, square, fourth] = [sum, absolute, squares, fourths].map((all) => Number(all) / rows) as [
    number,
    number,
    number,
    number,
  ];
  const off = (variance: number) => Math.sqrt(Math.max(0, variance) / worth);
  const rmse = Math.sqrt(square);
  // The root bends the interval of the mean square: its deviation over twice the root.
  const rmseOff = rmse === 0 ? 0 : off(fourth - square ** 2) / (2 * rmse);
  return {
    mae: figure(size * step, off(square - size ** 2) * step, 0),
    rmse: figure(rmse * step, rmseOff * step, 0),
    bias: figure(mean * step, off(square - mean ** 2) * step),
  };
}
