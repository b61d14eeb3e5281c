import { logChoose } from '../analysis/log-choose.ts';

/** Where the two series of Kolmogorov's limit are equally quick. */
const crossover = 1.18;
/** Beyond this size the exact matrix costs milliseconds and the corrected limit is within 1e-4 of it. */
const largestMatrix = 101;
/** From here on both-sided is twice one-sided to more than ten digits. Source: Simard and L'Ecuyer 2011. */
const twiceOneSided = 4;

/** Q_KS(x) = P(K > x), Kolmogorov's limit of √n·D; 1 for x <= 0. Both of its series, each where it is quick. */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  if (x < crossover) {
    let sum = 0;
    for (let k = 1; k <= 7; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k <= 6; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

/** P(D+ > d) of n values, exact. Source: Birnbaum and Tingey 1951. */
function oneSidedTail(d: number, n: number): number {
  let sum = 0;
  for (let j = 0; j <= Math.floor(n * (1 - d)); j += 1) {
    const below = d + j / n;
    const above = 1 - below;
    if (above <= 0) continue;
    sum += Math.exp(logChoose(n, j) + (j - 1) * Math.log(below) + (n - j) * Math.log(above));
  }
  return Math.min(1, d * sum);
}

type Scaled = { readonly values: Float64Array; readonly exponent: number };

function product(left: Scaled, right: Scaled, m: number): Scaled {
  const values = new Float64Array(m * m);
  for (let i = 0; i < m; i += 1) {
    for (let k = 0; k < m; k += 1) {
      const factor = left.values[i * m + k] ?? 0;
      if (factor === 0) continue;
      for (let j = 0; j < m; j += 1) {
        values[i * m + j] = (values[i * m + j] ?? 0) + factor * (right.values[k * m + j] ?? 0);
      }
    }
  }
  const exponent = left.exponent + right.exponent;
  if ((values[((m - 1) / 2) * (m + 1)] ?? 0) < 1e140) return { values, exponent };
  return { values: values.map((value) => value * 1e-140), exponent: exponent + 140 };
}

function power(base: Scaled, n: number, m: number): Scaled {
  if (n === 1) return base;
  const half = power(base, Math.floor(n / 2), m);
  const square = product(half, half, m);
  return n % 2 === 0 ? square : product(square, base, m);
}

function matrix(m: number, h: number): Scaled {
  const values = new Float64Array(m * m);
  const factorials = [1];
  for (let i = 1; i <= m; i += 1) factorials.push((factorials[i - 1] ?? 1) * i);
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j <= Math.min(i + 1, m - 1); j += 1) {
      let value = 1;
      if (j === 0) value -= h ** (i + 1);
      if (i === m - 1) value -= h ** (m - j);
      if (j === 0 && i === m - 1) value += Math.max(0, 2 * h - 1) ** m;
      values[i * m + j] = value / (factorials[Math.max(0, i - j + 1)] ?? 1);
    }
  }
  return { values, exponent: 0 };
}

/** P(D <= d), exact. Source: Marsaglia, Tsang and Wang 2003. */
function matrixHead(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const m = 2 * k - 1;
  const raised = power(matrix(m, k - n * d), n, m);
  let head = raised.values[(k - 1) * (m + 1)] ?? 0;
  let { exponent } = raised;
  for (let i = 1; i <= n; i += 1) {
    head *= i / n;
    if (head < 1e-140) {
      head *= 1e140;
      exponent -= 140;
    }
  }
  return head * 10 ** exponent;
}

/**
 * P(D_n > d) of the one-sample Kolmogorov–Smirnov distance of n >= 1 values: exact to ten digits for small n and far
 * out, else the limit with Vrbik's correction (2018). Two samples are taken as one of n·m/(n + m) values, as whylogs does.
 */
export function kolmogorovSmirnovTail(d: number, n: number): number {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new RangeError('The KS distance needs a whole number of values.');
  if (d <= 0.5 / n) return 1;
  if (d >= 1) return 0;
  if (n * d * d >= twiceOneSided || d >= 0.5) return Math.min(1, 2 * oneSidedTail(d, n));
  if (2 * Math.floor(n * d) + 1 <= largestMatrix) return 1 - matrixHead(d, n);
  const x = Math.sqrt(n) * d;
  return kolmogorovTail(x + 1 / (6 * Math.sqrt(n)) + (x - 1) / (4 * n));
}
