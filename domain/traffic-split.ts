import { logChoose } from './analysis/log-choose.ts';

/** Fewer measured requests say nothing about a split. */
export const minimumSplitRequests = 20;
const confidence = 0.9999;
/** Requests in flight while the weights changed are counted on the arm they left, even at 0 % or 100 %. */
const leak = 0.005;
const negligible = 1e-12;

/** P(X >= k) or, with direction -1, P(X <= k), for X binomial(n, p), 0 < p < 1; summed away from k. */
function tail({ k, n, p }: { k: number; n: number; p: number }, direction: 1 | -1): number {
  const odds = p / (1 - p);
  let term = Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
  let sum = term;
  for (let at = k; term > negligible * sum && sum < 1; at += direction) {
    if (direction === 1 ? at >= n : at <= 0) break;
    term *= direction === 1 ? (odds * (n - at)) / (at + 1) : at / (odds * (n - at + 1));
    sum += term;
  }
  return Math.min(1, sum);
}

/**
 * Whether the measured requests agree with the canary's weight (percent): inside or outside the exact 99.99 % binomial
 * band, or too few (under 20 requests) to say. At the ends the band allows half a per cent of requests in flight.
 */
export function splitAgreement(
  split: { readonly nCanary: number; readonly nStable: number },
  weightPercent: number,
): 'inside' | 'outside' | 'tooFew' {
  const n = split.nCanary + split.nStable;
  if (n < minimumSplitRequests) return 'tooFew';
  const p = Math.min(1 - leak, Math.max(leak, weightPercent / 100));
  const limit = (1 - confidence) / 2;
  const at = { k: split.nCanary, n, p };
  const expected = n * p;
  const probability = split.nCanary >= expected ? tail(at, 1) : tail(at, -1);
  // Beyond the end of the scale nothing can be too good: at 100 % more canary requests than the leak allows are right.
  if (weightPercent === 100 && split.nCanary >= expected) return 'inside';
  return probability >= limit ? 'inside' : 'outside';
}
