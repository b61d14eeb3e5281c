import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTail, nonCentralChiSquareTail } from './chi-square.ts';
import { adjustPValues } from './false-discovery.ts';
import { logGamma, upperGamma } from './gamma.ts';
import { kolmogorovSmirnovTail, kolmogorovTail } from './kolmogorov.ts';
import { normalTail } from './normal.ts';
import { regularisedBeta, studentTail } from './student.ts';

/** Equal in as many digits as the published value has. */
function agree(found: number, published: number, digits = 9): void {
  expect(Math.abs(found / published - 1), `${found} for ${published}`).toBeLessThan(0.6 * 10 ** (1 - digits));
}

describe('the non-central chi-square tail', () => {
  it.each([
    [30, 9, 10, 0.0863202052, 9],
    [50, 9, 25, 0.0807588635, 9],
    [80, 9, 50, 0.0852728646, 9],
    [700, 9, 500, 4.2027283e-5, 8],
    [5500, 9, 5000, 3.417997e-4, 7],
    // scipy gives .0384000901; sixty decimal digits give this.
    [60, 19, 20, 0.0384000913392679, 13],
    [16.919, 9, 1e-4, 0.0500026557, 9],
  ])('of %d with %d degrees of freedom and λ %d is %d', (x, k, lambda, published, digits) => {
    agree(nonCentralChiSquareTail(x, k, lambda), published, digits);
  });

  it('is the central one without λ, 1 at nothing, falls with x and rises with λ', () => {
    expect(nonCentralChiSquareTail(9.488, 4, 0)).toBe(chiSquareTail(9.488, 4));
    expect(nonCentralChiSquareTail(0, 4, 7)).toBe(1);
    expect(() => nonCentralChiSquareTail(1, 4, -1)).toThrow(/non-centrality/);
    const positive = fc.double({ min: 0.01, max: 3000, noNaN: true });
    fc.assert(
      fc.property(positive, fc.integer({ min: 1, max: 60 }), positive, (x, k, lambda) => {
        const tail = nonCentralChiSquareTail(x, k, lambda);
        expect(tail).toBeGreaterThanOrEqual(0);
        expect(tail).toBeLessThanOrEqual(1);
        expect(nonCentralChiSquareTail(x * 1.1, k, lambda)).toBeLessThanOrEqual(tail + 1e-10);
        expect(nonCentralChiSquareTail(x, k, lambda * 1.1)).toBeGreaterThanOrEqual(tail - 1e-10);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  it('stays finite and above nothing far out, where a retrain would hang on it', () => {
    const far = nonCentralChiSquareTail(2000, 19, 500);
    expect(far).toBeGreaterThan(1e-120);
    expect(far).toBeLessThan(1e-60);
    expect(nonCentralChiSquareTail(1e7, 19, 50)).toBe(0);
    expect(nonCentralChiSquareTail(40_000, 19, 50_000)).toBeGreaterThan(0.999999);
  });
});

describe('distribution functions', () => {
  it.each([
    [3.84, 1, 0.0500435212, 9],
    [9.488, 4, 0.0499944056, 9],
    [16.919, 9, 0.0499996408, 9],
    [30.144, 19, 0.049994168, 9],
    [2.9036, 2, 0.2341484414, 10],
  ])('chi-square tail of %d with %d degrees of freedom is %d', (x, k, published, digits) => {
    agree(chiSquareTail(x, k), published, digits);
  });

  it.each([
    [0.5, 0.9639452437, 10],
    [0.8, 0.5441424116, 10],
    [1, 0.2699996717, 10],
    [1.2, 0.1122496667, 10],
    [1.358, 0.0500267973, 9],
    [1.628, 0.0099755224, 8],
    [2, 6.709253e-4, 7],
  ])("Kolmogorov's limit beyond %d is %d", (x, published, digits) => {
    agree(kolmogorovTail(x), published, digits);
  });

  it.each([
    [0.1, 100, 0.252692757, 10],
    [0.1, 50, 0.6623112705, 10],
    // scipy approximates here (.1586626022); Marsaglia's matrix in sixty decimal digits gives this.
    [0.05, 500, 0.15866263922062, 12],
    [0.2, 20, 0.3527201736, 10],
    [0.1, 500, 8.342293e-5, 7],
  ])('the KS distance is above %d for %d values with probability %d', (d, n, published, digits) => {
    agree(kolmogorovSmirnovTail(d, n), published, digits);
  });

  it('the KS tail goes over from exact to corrected limit without a step', () => {
    for (const n of [1_000, 2_500]) {
      const exact = kolmogorovSmirnovTail(50.5 / n, n);
      const limit = kolmogorovSmirnovTail(51.001 / n, n);
      expect(exact - limit).toBeGreaterThan(0);
      expect(exact - limit).toBeLessThan(0.05);
    }
    expect(kolmogorovSmirnovTail(0, 10)).toBe(1);
    expect(kolmogorovSmirnovTail(1, 10)).toBe(0);
    // One value: D = max(u, 1 - u), so P(D > d) = 2(1 - d).
    agree(kolmogorovSmirnovTail(0.75, 1), 0.5, 12);
    expect(() => kolmogorovSmirnovTail(0.1, 0)).toThrow(/whole number/);
    expect(kolmogorovTail(0)).toBe(1);
  });

  it('normal and Student tails have their textbook values and meet with many degrees of freedom', () => {
    agree(normalTail(1.959963984540054), 0.025, 12);
    agree(normalTail(-1), 0.8413447460685429, 12);
    agree(normalTail(8), 6.220960574271786e-16, 10);
    agree(2 * normalTail(2.19089023), 0.0284597369, 8);
    agree(studentTail(12.706204736432095, 1), 0.025, 11);
    agree(studentTail(2.2281388519649385, 10), 0.025, 11);
    agree(studentTail(-2.2281388519649385, 10), 0.975, 11);
    agree(studentTail(1.96, 1e7), normalTail(1.96), 6);
    expect(studentTail(1.96, 0)).toBe(normalTail(1.96));
  });

  it('gamma and beta have their closed forms', () => {
    agree(logGamma(0.5), Math.log(Math.PI) / 2, 13);
    agree(logGamma(171), 706.5730622457874, 13);
    agree(upperGamma(1, 3), Math.exp(-3), 13);
    expect(upperGamma(4, 0)).toBe(1);
    expect(upperGamma(4, Number.POSITIVE_INFINITY)).toBe(0);
    expect(() => upperGamma(0, 1)).toThrow(/a > 0/);
    agree(regularisedBeta(0.3, 1, 2), 1 - 0.49, 12);
    agree(regularisedBeta(0.5, 7, 7), 0.5, 12);
    expect([regularisedBeta(-1, 2, 2), regularisedBeta(2, 2, 2)]).toEqual([0, 1]);
  });
});

describe('adjusted p-values', () => {
  const published = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
  it('are those of Benjamini and Hochberg, and of Benjamini and Yekutieli', () => {
    const bh = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.105714, 0.216, 0.216, 0.216];
    const by = [
      0.02929, 0.117159, 0.246033, 0.246033, 0.246033, 0.292897, 0.309634, 0.632657, 0.632657, 0.632657,
    ];
    for (const [index, p] of adjustPValues(published).entries()) expect(p).toBeCloseTo(bh[index] ?? -1, 6);
    for (const [index, p] of adjustPValues(published, 'any').entries())
      expect(p).toBeCloseTo(by[index] ?? -1, 6);
  });

  it('follow their p-values through any order, never fall below them, and are none for none', () => {
    expect(adjustPValues([])).toEqual([]);
    expect(() => adjustPValues([Number.NaN])).toThrow(/between 0 and 1/);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
        (ps) => {
          const adjusted = adjustPValues(ps);
          expect(adjustPValues(ps.toReversed())).toEqual(adjusted.toReversed());
          for (const [index, p] of ps.entries())
            expect((adjusted[index] ?? 0) * (1 + 1e-12)).toBeGreaterThanOrEqual(p);
        },
      ),
      { seed: 6 },
    );
  });
});
