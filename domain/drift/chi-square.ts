import { logGamma, upperGamma } from './gamma.ts';

/** A weight this small against the sum no longer changes it. */
const negligible = 1e-18;

/** P(χ² > x) with k > 0 degrees of freedom; 1 for x <= 0. */
export const chiSquareTail = (x: number, k: number): number => upperGamma(k / 2, x / 2);

/**
 * P(χ'² > x) with k > 0 degrees of freedom and non-centrality λ >= 0; 1 for x <= 0. It is a Poisson mixture of central
 * tails, summed outward from its mode so that it stays finite for λ in the thousands; neighbours by recurrence.
 */
export function nonCentralChiSquareTail(x: number, k: number, lambda: number): number {
  if (!(lambda >= 0)) throw new RangeError('The non-centrality must not be negative.');
  if (x <= 0) return 1;
  const half = lambda / 2;
  if (half === 0) return chiSquareTail(x, k);
  const y = x / 2;
  const mode = Math.floor(half);
  const weight = Math.exp(mode * Math.log(half) - half - logGamma(mode + 1));
  const tail = upperGamma(k / 2 + mode, y);
  /** Q(a + 1, y) - Q(a, y) at the mode. */
  const a = k / 2 + mode;
  const rise = Math.exp(a * Math.log(y) - y - logGamma(a + 1));
  const start = { mode, weight, tail, rise, a, y, half };
  const down = sumBelow(start);
  return Math.min(1, down + sumFromMode(start, down));
}

type Start = Readonly<Record<'mode' | 'weight' | 'tail' | 'rise' | 'a' | 'y' | 'half', number>>;

function sumBelow({ mode, weight, tail, rise, a, y, half }: Start): number {
  let sum = 0;
  let [w, q, step] = [weight, tail, rise];
  for (let j = mode; j > 0; j -= 1) {
    w *= j / half;
    step *= (a - (mode - j)) / y;
    q = Math.max(0, q - step);
    sum += w * q;
    if (w * q <= sum * negligible) break;
  }
  return sum;
}

/** Tails grow towards 1 above the mode, so it ends only by the weight, which bounds all that is left. */
function sumFromMode({ mode, weight, tail, rise, a, y, half }: Start, below: number): number {
  let sum = 0;
  let [w, q, step] = [weight, tail, rise];
  for (let j = mode; w > (below + sum) * negligible && w > 0; j += 1) {
    sum += w * q;
    w *= half / (j + 1);
    q = Math.min(1, q + step);
    step *= y / (a + 1 + (j - mode));
  }
  return sum;
}
