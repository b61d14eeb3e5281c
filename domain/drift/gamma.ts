/** Lanczos' coefficients for g = 7; relative error of the gamma function below 1e-14. */
const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);
const smallest = 1e-300;
const precision = 1e-16;
const longest = 100_000;

/** ln Γ(a) for a > 0. Source: Lanczos 1964 with g = 7 and nine terms. */
export function logGamma(a: number): number {
  if (a < 0.5) return logGamma(a + 1) - Math.log(a);
  const shifted = a - 1;
  let series = 0.9999999999998099;
  for (const [index, coefficient] of lanczos.entries()) series += coefficient / (shifted + index + 1);
  const top = shifted + 7.5;
  return halfLogTwoPi + (shifted + 0.5) * Math.log(top) - top + Math.log(series);
}

/** x^a e^-x / Γ(a): what both expansions are multiplied with. */
const front = (a: number, x: number): number => Math.exp(a * Math.log(x) - x - logGamma(a));

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < longest && term > sum * precision; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * front(a, x);
}

/** Lentz's continued fraction of the upper part. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / smallest;
  let d = 1 / b;
  let result = d;
  for (let i = 1; i < longest; i += 1) {
    const coefficient = -i * (i - a);
    b += 2;
    d = 1 / notZero(coefficient * d + b);
    c = notZero(b + coefficient / c);
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < precision * 10) break;
  }
  return result * front(a, x);
}

const notZero = (value: number): number => (Math.abs(value) < smallest ? smallest : value);

/**
 * Q(a, x), the regularised upper incomplete gamma function, for a > 0; 1 for x <= 0. Small values keep their relative
 * precision, about 1e-11 for a in the thousands. Source: Numerical Recipes §6.2 (series below a + 1, fraction above).
 */
export function upperGamma(a: number, x: number): number {
  if (!(a > 0) || Number.isNaN(x))
    throw new RangeError('The incomplete gamma function needs a > 0 and a number.');
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}
