/** ln(n!) minus Stirling's n ln n - n + ln(2 pi n)/2, for n = 0..15; n = 0 is never read (its terms are handled apart). */
const SMALL_STIRLING_ERRORS = smallStirlingErrors();

function smallStirlingErrors(): readonly number[] {
  const errors = [0];
  let factorial = 1;
  for (let n = 1; n <= 15; n += 1) {
    factorial *= n;
    errors.push(Math.log(factorial) - (n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n)));
  }
  return errors;
}

/** Stirling series for n > 15 (five terms: error below 1e-15 there); table below. */
function stirlingError(n: number): number {
  const small = SMALL_STIRLING_ERRORS[n];
  if (small !== undefined) return small;
  const square = n * n;
  const tail = 1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square;
  return (1 / 12 - (1 / 360 - tail / square) / square) / n;
}

/**
 * ln C(n, k) for integers 0 <= k <= n (0 at k = 0 and k = n), to about 1e-14 relative even for n in the billions,
 * because the large n ln n terms of three log-gammas are cancelled on paper.
 * Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000), as in R's dbinom.
 */
export function logChoose(n: number, k: number): number {
  if (k === 0 || k === n) return 0;
  const rest = n - k;
  const share = k / n;
  const entropy = -k * Math.log(share) - rest * Math.log1p(-share);
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(rest);
  return entropy + errors + 0.5 * Math.log(n / (2 * Math.PI * k * rest));
}
