import { combinedLogE } from './e-process.ts';

/** ln of the upper tail of the standard normal for y >= 0. Source: Numerical Recipes erfcc, fractional error below 1.2e-7. */
function logUpperTail(y: number): number {
  const z = y / Math.SQRT2;
  const t = 1 / (1 + 0.5 * z);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
    1.00002368, -1.26551223,
  ];
  const polynomial = coefficients.reduce((sum, coefficient) => sum * t + coefficient, 0);
  return Math.log(t / 2) - z * z + polynomial;
}

/** Standard normal distribution function. */
export function normalCdf(y: number): number {
  return y < 0 ? Math.exp(logUpperTail(-y)) : 1 - Math.exp(logUpperTail(y));
}

/** What ln E(psi_j) has gained by some moment, in natural log units per psi_j, before tempering. */
export type Gain = {
  readonly start: readonly number[];
  readonly mean: readonly number[];
  readonly variance: readonly number[];
};

export type Test = { readonly alpha: number; readonly phi: number };

/** Looks so far; E is only read at looks, which a continuous first passage would not know. */
export type Looks = number;

/** Siegmund's correction (1985) for a barrier that is watched at discrete moments, in standard deviations per look. */
const DISCRETE_LOOK = 0.5826;
const SEARCH_STEPS = 40;
const FARTHEST = 40;

function sumsAt(gain: Gain, z: number, phi: number): number[] {
  return gain.mean.map(
    (mean, j) => (gain.start[j] ?? 0) + mean + z * Math.sqrt(phi * Math.max(0, gain.variance[j] ?? 0)),
  );
}

/** The normal score z at which all ln E(psi_j), moving together, make E exactly 1/alpha. */
function scoreAtBarrier(gain: Gain, { alpha, phi }: Test): number {
  const barrier = -Math.log(alpha);
  let low = -FARTHEST;
  let high = FARTHEST;
  for (let step = 0; step < SEARCH_STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (combinedLogE(sumsAt(gain, middle, phi), phi) >= barrier) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Probability in [0, 1] that E has reached 1/alpha at some look so far: first passage of a Brownian motion with the
 * gain's mean and variance (inverse Gaussian), along the psi_j that leads at the barrier; errors clustered by pod
 * widen the variance by phi. No gain gives 0, or 1 where the start is already past the barrier. An approximation:
 * its test states the distance to simulation.
 */
export function crossingProbability(gain: Gain, test: Test, looks: Looks): number {
  const { alpha, phi } = test;
  if (combinedLogE(gain.start, phi) >= -Math.log(alpha)) return 1;
  const score = scoreAtBarrier(gain, test);
  if (score >= FARTHEST) return 0;
  const sums = sumsAt(gain, score, phi);
  const leader = sums.indexOf(Math.max(...sums));
  const mean = (gain.mean[leader] ?? 0) / phi;
  const deviation = Math.sqrt((gain.variance[leader] ?? 0) / phi);
  if (deviation === 0) return score <= 0 ? 1 : 0;
  const barrier = mean + score * deviation + (DISCRETE_LOOK * deviation) / Math.sqrt(Math.max(1, looks));
  const behind = (barrier + mean) / deviation;
  const reflected =
    behind >= 0
      ? Math.exp((2 * mean * barrier) / deviation ** 2 + logUpperTail(behind))
      : Math.exp((2 * mean * barrier) / deviation ** 2) * normalCdf(-behind);
  return Math.min(1, Math.max(0, normalCdf((mean - barrier) / deviation) + reflected));
}
