import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combinedLogE, InvalidCountsError, intervalLogE, psiGrid, sumIntervals } from './e-process.ts';
import { centralProbability, exactNormaliser, logOfInteger, type Table } from './exact-rationals.ts';

function countsOf({ nCanary, nStable, bad }: Table, xCanary: number) {
  return { nCanary, nStable, xCanary, xStable: bad - xCanary };
}

function possible({ nCanary, nStable, bad }: Table): number[] {
  return Array.from({ length: bad + 1 }, (_, k) => k).filter((k) => k <= nCanary && bad - k <= nStable);
}

/** E[E(psi_j)] given the margins when the true odds ratio is `truth`, over all tables. */
function expectations(table: Table, truth: number, psi0 = 1): number[] {
  const weights = possible(table).map((k) => ({ k, weight: centralProbability(table, k) * truth ** k }));
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  const sums = psiGrid.map(() => 0);
  for (const { k, weight } of weights) {
    const logE = intervalLogE(countsOf(table, k), psiGrid, psi0);
    for (const [j, value] of logE.entries()) sums[j] = (sums[j] ?? 0) + (weight / total) * Math.exp(value);
  }
  return sums;
}

function smallTables(most: number): Table[] {
  const tables: Table[] = [];
  for (let nCanary = 0; nCanary <= most; nCanary += 1) {
    for (let nStable = 0; nStable <= most; nStable += 1) {
      for (let bad = 0; bad <= nCanary + nStable; bad += 1) tables.push({ nCanary, nStable, bad });
    }
  }
  return tables;
}

const anyTable = fc
  .record({ nCanary: fc.integer({ min: 0, max: 60 }), nStable: fc.integer({ min: 0, max: 200 }) })
  .chain((arms) =>
    fc.record({ ...constants(arms), bad: fc.integer({ min: 0, max: arms.nCanary + arms.nStable }) }),
  );

function constants(arms: { nCanary: number; nStable: number }) {
  return { nCanary: fc.constant(arms.nCanary), nStable: fc.constant(arms.nStable) };
}

describe('grid', () => {
  test('has 24 odds ratios, log-spaced from 1.1 to 20', () => {
    expect(psiGrid).toHaveLength(24);
    expect(psiGrid[0]).toBe(1.1);
    expect(psiGrid[23]).toBeCloseTo(20, 12);
    const ratios = psiGrid.slice(1).map((psi, j) => psi / (psiGrid[j] ?? Number.NaN));
    for (const ratio of ratios) expect(ratio).toBeCloseTo((20 / 1.1) ** (1 / 23), 12);
  });
});

describe('one interval against exact arithmetic', () => {
  test('every table with up to 7 requests per arm matches whole-number enumeration', () => {
    for (const table of smallTables(7)) {
      for (const k of possible(table)) {
        const [half, two, twenty, odd] = intervalLogE(countsOf(table, k), [1.5, 2, 20, 1.1]);
        const none = logOfInteger(exactNormaliser(table, 1n));
        const exact = (numerator: bigint, denominator: bigint) =>
          k * Math.log(Number(numerator) / Number(denominator)) +
          none -
          (logOfInteger(exactNormaliser(table, numerator, denominator)) -
            table.bad * Math.log(Number(denominator)));
        expect(half).toBeCloseTo(exact(3n, 2n), 12);
        expect(two).toBeCloseTo(exact(2n, 1n), 12);
        expect(twenty).toBeCloseTo(exact(20n, 1n), 12);
        expect(odd).toBeCloseTo(exact(11n, 10n), 12);
      }
    }
  });

  test.each([
    { nCanary: 30, nStable: 570, bad: 40, k: 9 },
    { nCanary: 300, nStable: 300, bad: 250, k: 150 },
    { nCanary: 1000, nStable: 9000, bad: 500, k: 80 },
    { nCanary: 700, nStable: 700, bad: 900, k: 600 },
  ])('a large table ($nCanary and $nStable requests, $bad bad) keeps ten digits', ({ k, ...table }) => {
    const [two, twenty] = intervalLogE(countsOf(table, k), [2, 20]);
    const none = logOfInteger(exactNormaliser(table, 1n));
    const exactTwo = k * Math.log(2) + none - logOfInteger(exactNormaliser(table, 2n));
    const exactTwenty = k * Math.log(20) + none - logOfInteger(exactNormaliser(table, 20n));
    expect(Math.abs((two ?? Number.NaN) / exactTwo - 1)).toBeLessThan(1e-10);
    expect(Math.abs((twenty ?? Number.NaN) / exactTwenty - 1)).toBeLessThan(1e-10);
  });

  test('rare bad requests among billions reach the binomial form of b6', () => {
    const nCanary = 200_000_000;
    const nStable = 1_800_000_000;
    const logE = intervalLogE({ nCanary, nStable, xCanary: 7, xStable: 23 }, psiGrid);
    for (const [j, psi] of psiGrid.entries()) {
      const share = (rate: number) => (rate * nCanary) / (rate * nCanary + nStable);
      const binomial = 7 * Math.log(share(psi) / share(1)) + 23 * Math.log((1 - share(psi)) / (1 - share(1)));
      expect(logE[j]).toBeCloseTo(binomial, 4);
    }
  });

  test('thousands of bad requests take milliseconds', () => {
    const counts = { nCanary: 60_000, nStable: 540_000, xCanary: 1000, xStable: 9000 };
    const times = Array.from({ length: 20 }, () => {
      const startedAt = performance.now();
      intervalLogE(counts, psiGrid);
      return performance.now() - startedAt;
    });
    // The quickest: what a busy machine takes for others is not ours.
    expect(Math.min(...times)).toBeLessThan(10);
  });
});

describe('false-alarm guarantee, by enumeration', () => {
  test('with equal odds the expected factor is exactly 1 for every psi of the grid', () => {
    for (const table of [
      ...smallTables(5),
      { nCanary: 30, nStable: 270, bad: 12 },
      { nCanary: 50, nStable: 50, bad: 60 },
    ]) {
      for (const value of expectations(table, 1)) expect(value).toBeCloseTo(1, 10);
    }
  });

  test('a better canary makes every expected factor at most 1', () => {
    fc.assert(
      fc.property(anyTable, fc.double({ min: 0.05, max: 1, noNaN: true }), (table, truth) => {
        for (const value of expectations(table, truth)) expect(value).toBeLessThanOrEqual(1 + 1e-10);
      }),
      { numRuns: 60, seed: 20261124 },
    );
  });

  test('at the margin psi0 the expected factor is exactly 1, and below it, equal odds included, at most 1', () => {
    fc.assert(
      fc.property(anyTable, fc.double({ min: 1, max: 3, noNaN: true }), (table, psi0) => {
        for (const value of expectations(table, psi0, psi0)) expect(value).toBeCloseTo(1, 9);
        for (const value of expectations(table, 1, psi0)) expect(value).toBeLessThanOrEqual(1 + 1e-9);
        for (const value of expectations(table, (1 + psi0) / 2, psi0))
          expect(value).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 60, seed: 20261124 },
    );
  });

  test('the mixture over two intervals with other splits and base rates still expects exactly 1', () => {
    const first: Table = { nCanary: 3, nStable: 40, bad: 4 };
    const second: Table = { nCanary: 25, nStable: 20, bad: 9 };
    let expected = 0;
    for (const a of possible(first)) {
      for (const b of possible(second)) {
        const sums = sumIntervals([
          intervalLogE(countsOf(first, a), psiGrid),
          intervalLogE(countsOf(second, b), psiGrid),
        ]);
        expected +=
          centralProbability(first, a) * centralProbability(second, b) * Math.exp(combinedLogE(sums, 1));
      }
    }
    expect(expected).toBeCloseTo(1, 10);
  });
});

describe('edges', () => {
  test('an interval without bad requests, or with an empty arm, changes nothing', () => {
    const zeros = psiGrid.map(() => 0);
    expect(intervalLogE({ nCanary: 30, nStable: 570, xCanary: 0, xStable: 0 }, psiGrid)).toEqual(zeros);
    expect(intervalLogE({ nCanary: 0, nStable: 570, xCanary: 0, xStable: 9 }, psiGrid)).toEqual(zeros);
    expect(intervalLogE({ nCanary: 30, nStable: 0, xCanary: 4, xStable: 0 }, psiGrid)).toEqual(zeros);
  });

  test.each([
    [{ nCanary: -1, nStable: 5, xCanary: 0, xStable: 0 }, /canary request count .* not -1/],
    [{ nCanary: 5, nStable: 5.5, xCanary: 0, xStable: 0 }, /stable request count .* not 5.5/],
    [{ nCanary: 5, nStable: 5, xCanary: 6, xStable: 0 }, /canary has 6 bad requests among only 5/],
    [{ nCanary: 5, nStable: 5, xCanary: 0, xStable: -2 }, /stable bad-request count .* not -2/],
    [{ nCanary: Number.NaN, nStable: 5, xCanary: 0, xStable: 0 }, /not NaN/],
  ])('counts that cannot be are refused with a sentence: %o', (counts, sentence) => {
    expect(() => intervalLogE(counts, psiGrid)).toThrow(InvalidCountsError);
    expect(() => intervalLogE(counts, psiGrid)).toThrow(sentence);
  });

  test('no interval sums to zeros, which is E = 1; a row of another grid is refused', () => {
    expect(combinedLogE(sumIntervals([]), 1)).toBeCloseTo(0, 15);
    expect(() => sumIntervals([[1, 2]])).toThrow(RangeError);
    expect(() => combinedLogE([], 1)).toThrow(RangeError);
    expect(() => combinedLogE([1], 0.9)).toThrow(RangeError);
  });

  test('tempering is the mean of E^(1/phi) and huge sums stay finite', () => {
    expect(combinedLogE([1, 2, 4], 2)).toBeCloseTo(
      Math.log((Math.exp(0.5) + Math.exp(1) + Math.exp(2)) / 3),
      14,
    );
    expect(combinedLogE([5000, 5000], 1)).toBeCloseTo(5000, 9);
    expect(combinedLogE([-5000, -4000], 1)).toBeCloseTo(-4000 - Math.log(2), 9);
  });

  test('moving one bad request from stable to the canary always raises E', () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const rising = possible(table).map((k) => combinedLogE(intervalLogE(countsOf(table, k), psiGrid), 1));
        for (const [index, value] of rising.entries()) {
          if (index > 0) expect(value).toBeGreaterThan(rising[index - 1] ?? Number.NaN);
        }
      }),
      { numRuns: 60, seed: 20261124 },
    );
  });
});
