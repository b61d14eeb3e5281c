import { logGamma } from './gamma.ts';
import { normalTail } from './normal.ts';

const smallest = 1e-300;
const notZero = (value: number): number => (Math.abs(value) < smallest ? smallest : value);

/** Lentz's continued fraction of the incomplete beta function. Source: Numerical Recipes §6.4. */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}

/** I_x(a, b), the regularised incomplete beta function, for a, b > 0; 0 for x <= 0 and 1 for x >= 1. */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const log = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  const front = Math.exp(log);
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(a, b, x)) / a
    : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

/**
 * P(T > t) of Student's t. Empty case: no degrees of freedom mean that the spread was not estimated, and the normal
 * tail is given.
 */
export function studentTail(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom <= 0) return normalTail(t);
  const half = regularisedBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5) / 2;
  return t < 0 ? 1 - half : half;
}
