import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BinPair,
  jensenShannon,
  kolmogorovSmirnov,
  psi,
  psiAsEvidently,
  totalVariation,
} from './divergence.ts';
import { homogeneity, pearson, twoProportions } from './homogeneity.ts';
import { kolmogorovSmirnovTail } from './kolmogorov.ts';

const pair = (reference: readonly number[], current: readonly number[]): BinPair => ({ reference, current });
const a = pair([16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8]);
const b = pair(a.reference, [10, 10, 24, 24, 10, 10]);
const c = pair(a.reference, [0, 0, 0, 0, 0, 88]);
const d = pair([70, 30], [55, 45]);
const e = pair([50, 30, 20, 0], [40, 30, 20, 10]);
const v = pair([200, 800], [400, 600]);

/** From drift.md §2.4: made with numpy and scipy 1.17. */
const published = [
  { name: 'A', of: a, tv: 0.0681818182, js: 0.0817342133, psi: 0.0345101213, ks: 0.0454545455 },
  { name: 'B', of: b, tv: 0.2045454545, js: 0.1850262845, psi: 0.1796509304, ks: 0.1590909091 },
  { name: 'C', of: c, tv: 0.8636363636, js: 0.8361978122, psi: 4.5209476143, ks: 0.8636363636 },
  { name: 'D', of: d, tv: 0.15, js: 0.1319140869, psi: 0.09493297, ks: 0.15 },
  { name: 'E', of: e, tv: 0.1, js: 0.2324129365, psi: 0.3201170392, ks: 0.1 },
  { name: 'V', of: v, tv: 0.2, js: 0.1866857106, psi: 0.1956790031, ks: 0.2 },
];
const tables = [
  { name: 'A', of: a, chi: 1.6224089636, df: 5, p: 0.8985262394, v: 0.0960116282, corrected: 0 },
  { name: 'B', of: b, chi: 8.2655449813, df: 5, p: 0.14219541, v: 0.2167102299, corrected: 0.1360058665 },
  { name: 'C', of: c, chi: 133.76, df: 5, p: 3.787884914e-27, v: 0.8717797887, corrected: 0.8576900279 },
  { name: 'D', of: d, chi: 4.8, df: 1, p: 0.0284597369, v: 0.1549193338, corrected: 0.1380967308 },
  { name: 'E', of: e, chi: 11.1111111111, df: 3, p: 0.0111399806, v: 0.2357022604, corrected: 0.2017042985 },
  {
    name: 'V',
    of: v,
    chi: 95.2380952381,
    df: 1,
    p: 1.688102961e-22,
    v: 0.2182178902,
    corrected: 0.2171229617,
  },
];
/** Of Evidently 0.7.21, run unchanged. */
const evidently = [
  { name: 'A', of: a, psi: 0.0372183816, js: 0.0680481962 },
  { name: 'B', of: b, psi: 0.1918782636, js: 0.1540444863 },
  { name: 'C', of: c, psi: 8.162734093, js: 0.6961803444 },
  { name: 'D', of: d, psi: 0.0969940747, js: 0.1098256813 },
  { name: 'E', of: e, psi: 0.7123991075, js: 0.193496462 },
];

describe('measures of distance between bins', () => {
  it.each(published)('have the published values on $name', (row) => {
    expect(totalVariation(row.of)).toBeCloseTo(row.tv, 9);
    expect(jensenShannon(row.of)).toBeCloseTo(row.js, 9);
    expect(psi(row.of)).toBeCloseTo(row.psi, 9);
    expect(kolmogorovSmirnov(row.of)).toBeCloseTo(row.ks, 9);
  });

  it.each(evidently)("give Evidently's PSI, and its Jensen–Shannon times √ln 2, on $name", (row) => {
    expect(psiAsEvidently(row.of)).toBeCloseTo(row.psi, 9);
    expect((jensenShannon(row.of) ?? 0) * Math.sqrt(Math.LN2)).toBeCloseTo(row.js, 9);
  });

  it('agree with what popmon, Scouter and mlrun assert', () => {
    // popmon adds 1e-5 to each share.
    expect(psiAsEvidently(pair([85, 5, 5, 5], [25, 25, 25, 25]))).toBeCloseTo(1.699815077, 3);
    expect(psiAsEvidently(pair([3, 4, 3], [2, 4, 4]))).toBeCloseTo(0.0693147181, 9);
    expect(totalVariation(pair([0, 1, 2, 3], [3, 2, 1, 0]))).toBeCloseTo(2 / 3, 12);
  });

  const counts = fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 1, maxLength: 25 });
  const measures = [psi, psiAsEvidently, jensenShannon, totalVariation, kolmogorovSmirnov] as const;

  it('are symmetric, not negative, and 0 between a side and itself', () => {
    fc.assert(
      fc.property(counts, (rows) => {
        const one = pair(
          rows.map(([left]) => left),
          rows.map(([, right]) => right),
        );
        for (const measure of measures) {
          const found = measure(one);
          const back = measure(pair(one.current, one.reference));
          if (found === null) expect(back).toBeNull();
          else {
            expect(found).toBeGreaterThanOrEqual(-1e-12);
            expect(Math.abs(found - (back ?? Number.NaN))).toBeLessThan(1e-9);
            expect(measure(pair(one.reference, one.reference)) ?? 1).toBeLessThan(1e-7);
          }
        }
      }),
      { seed: 6 },
    );
  });

  it('that know no order are the same for bins in any order, and Kolmogorov–Smirnov is at most total variation', () => {
    fc.assert(
      fc.property(counts, (rows) => {
        const of = (order: readonly (readonly [number, number])[]) =>
          pair(
            order.map(([left]) => left),
            order.map(([, right]) => right),
          );
        for (const measure of [psi, psiAsEvidently, jensenShannon, totalVariation]) {
          const [found, turned] = [measure(of(rows)), measure(of(rows.toReversed()))];
          expect(Math.abs((found ?? 0) - (turned ?? 0))).toBeLessThan(1e-9);
        }
        expect(kolmogorovSmirnov(of(rows)) ?? 0).toBeLessThanOrEqual((totalVariation(of(rows)) ?? 0) + 1e-12);
      }),
      { seed: 6 },
    );
  });

  it('are null when a side has no rows, and refuse sides with other bins', () => {
    for (const measure of measures) {
      expect(measure(pair([0, 0], [1, 2]))).toBeNull();
      expect(measure(pair([], []))).toBeNull();
      expect(() => measure(pair([1], [1, 2]))).toThrow(/same bins/);
    }
  });

  it('a bin that is empty on both sides changes nothing', () => {
    for (const measure of measures)
      expect(measure(pair([3, 0, 9], [5, 0, 2]))).toBeCloseTo(measure(pair([3, 9], [5, 2])) ?? -1, 12);
  });
});

describe('the test of homogeneity', () => {
  it.each(tables)('has the published values on $name', (row) => {
    const found = homogeneity(row.of);
    expect(found?.statistic).toBeCloseTo(row.chi, 9);
    expect(found?.degreesOfFreedom).toBe(row.df);
    expect((found?.p ?? 0) / row.p).toBeCloseTo(1, 7);
    expect(found?.cramersV).toBeCloseTo(row.v, 9);
    expect(found?.cramersVCorrected).toBeCloseTo(row.corrected, 9);
  });

  it('agrees with what popmon and frouros assert', () => {
    const popmon = homogeneity(pair([1, 2, 0, 5], [3, 4, 0, 2]));
    expect(popmon?.statistic).toBeCloseTo(2.9036, 4);
    expect(popmon?.p).toBeCloseTo(0.2341, 4);
    const frouros = homogeneity(pair([4, 2, 0], [1, 1, 4]));
    expect(frouros?.statistic).toBeCloseTo(6.13333333, 8);
    expect(frouros?.p).toBeCloseTo(0.04657615, 8);
  });

  it('finds nothing in one value, everything in two apart, and is null without rows', () => {
    expect(homogeneity(pair([90, 0], [10, 0]))).toMatchObject({ p: 1, cramersV: 0 });
    expect(homogeneity(pair([100, 0], [0, 100]))?.cramersV).toBe(1);
    expect(homogeneity(pair([0, 0], [1, 0]))).toBeNull();
    expect(pearson([])).toEqual({ statistic: 0, degreesOfFreedom: 0, windows: 0 });
    expect(() => pearson([[1], [1, 2]])).toThrow(/same bins/);
  });

  it('is the square of the two-proportion z on two bins', () => {
    const found = twoProportions({ part: 70, whole: 100 }, { part: 55, whole: 100 });
    expect(found?.z).toBeCloseTo(2.19089023, 8);
    expect(found?.p).toBeCloseTo(0.0284597369, 9);
    const size = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(size, size, size, size, (n1, n0, m1, m0) => {
        const z = twoProportions({ part: n1, whole: n1 + n0 }, { part: m1, whole: m1 + m0 })?.z ?? 0;
        const chi = homogeneity(pair([n1, n0], [m1, m0]))?.statistic ?? 0;
        expect(Math.abs(z * z - chi)).toBeLessThan(1e-8 * (1 + chi));
      }),
      { seed: 6 },
    );
    expect(twoProportions({ part: 0, whole: 0 }, { part: 0, whole: 3 })).toBeNull();
    expect(twoProportions({ part: 0, whole: 5 }, { part: 0, whole: 3 })).toEqual({ z: 0, p: 1 });
  });

  it('the KS p-value of eight against eight values is the published one', () => {
    expect(kolmogorovSmirnovTail(0.625, 4)).toBeCloseTo(0.0493164063, 10);
  });
});
