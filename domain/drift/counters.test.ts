import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../analysis/simulated-counts.ts';
import { type Binning, binTotal } from './binning.ts';
import { addCounters, allRows, binnedRows, countValues, noRows, subtractCounters } from './counters.ts';
import { learnCategoricalBinning, learnNumericBinning } from './learn-binning.ts';
import { driftStatistics } from './statistics.ts';
import { wassersteinOverDeviation } from './wasserstein.ts';

const random = seededRandom(6);
const even = Array.from({ length: 2_000 }, (_, index) => (index / 1000) ** 2);
const zeroInflated = Array.from({ length: 1_000 }, (_, index) => (index < 600 ? 0 : index / 100));
const numeric = learnNumericBinning(even);
const inflated = learnNumericBinning(zeroInflated);
const ordered = learnNumericBinning([3, 1, 2, 2, 5]);
const categories = learnCategoricalBinning(
  new Map([
    ['DE', 40],
    ['FR', 30],
    ['AT', 5],
    ['LU', 1],
  ]),
  2,
);
const binnings: Binning[] = [numeric, inflated, ordered, categories];

const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -5, max: 12 }) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(0, -0, 1, 2, 3, 5, 'DE', 'AT', 'LU', 'XX', '', true) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(null, undefined, Number.NaN, Infinity, -Infinity, 1e300, '7', {}, []),
  },
);

describe('counters', () => {
  it.each(binnings)(
    'of any order and any split of the values are the same to the last bit ($kind)',
    (binning) => {
      fc.assert(
        fc.property(fc.array(value, { maxLength: 60 }), fc.infiniteStream(fc.nat(3)), (values, cuts) => {
          const whole = countValues(binning, values);
          expect(countValues(binning, values.toReversed())).toEqual(whole);
          const parts: unknown[][] = [[], [], [], []];
          for (const one of values) parts[cuts.next().value ?? 0]?.push(one);
          const merged = parts.map((part) => countValues(binning, part)).reduce(addCounters, noRows(binning));
          expect(merged).toEqual(whole);
        }),
        { seed: 6 },
      );
    },
  );

  it.each(binnings)(
    'lose no value, and taking a batch back is as if it had never come ($kind)',
    (binning) => {
      fc.assert(
        fc.property(fc.array(value, { maxLength: 40 }), fc.array(value, { maxLength: 40 }), (stay, go) => {
          const kept = countValues(binning, stay);
          const both = addCounters(kept, countValues(binning, go));
          expect(allRows(both)).toBe(stay.length + go.length);
          expect(subtractCounters(both, countValues(binning, go))).toEqual(kept);
        }),
        { seed: 6 },
      );
    },
  );

  it('of nothing are no rows; other bins and rows never counted are refused', () => {
    for (const binning of binnings) expect(countValues(binning, [])).toEqual(noRows(binning));
    expect(() => addCounters(noRows(numeric), noRows(ordered))).toThrow(/two binnings/);
    expect(() => subtractCounters(noRows(ordered), countValues(ordered, [1]))).toThrow(
      /not among the counted/,
    );
  });

  it('keep apart what has no bin, each by its reason, and numbers as text are another type', () => {
    const odd = countValues(numeric, [null, undefined, Number.NaN, -Infinity, '3', true, -1, 99, 1e300]);
    expect(odd.apart).toEqual({
      null: 2,
      notFinite: 2,
      otherType: 2,
      new: 0,
      below: 1,
      above: 2,
      clamped: 1,
    });
    expect(binnedRows(odd)).toBe(3);
    expect(countValues(ordered, [4, 1.5, 5, '5', Number.NaN]).apart).toMatchObject({
      new: 2,
      otherType: 1,
      notFinite: 1,
    });
    const texts = countValues(categories, ['DE', 'AT', 'LU', 'XX', 7, {}]);
    expect(texts.counts).toEqual([1, 0, 2]);
    expect(texts.apart).toMatchObject({ new: 2, otherType: 1 });
  });

  it('sums are whole steps that give the mean back within a step', () => {
    const counted = countValues(numeric, even);
    if (numeric.kind !== 'numeric') throw new Error('2,000 distinct values are numeric.');
    const { centre, step } = numeric.scale;
    const mean = centre + (Number(counted.sums.reduce((sum, one) => sum + one, 0n)) * step) / even.length;
    expect(Math.abs(mean - even.reduce((sum, one) => sum + one, 0) / even.length)).toBeLessThan(step);
  });

  it('sums stay exact past 2^53, where a double would round', () => {
    if (numeric.kind !== 'numeric') throw new Error('2,000 distinct values are numeric.');
    const rows = 2 ** 18;
    const far = countValues(numeric, [0.123, ...Array.from({ length: rows }, () => 1e300)]);
    expect(far.sums.at(-1)).toBe(BigInt(rows) * 2n ** 36n);
    expect(far.apart.clamped).toBe(rows);
  });
});

describe('bins', () => {
  it('of any finite numbers count any values, however large, small or close', () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 1, maxLength: 80 }),
        fc.array(fc.double()),
        (learned, values) => {
          const found = learnNumericBinning(learned);
          expect(Number.isFinite(found.deviation)).toBe(true);
          const reference = countValues(found, learned);
          const current = countValues(found, values);
          expect(binnedRows(reference)).toBe(learned.length);
          expect(allRows(current)).toBe(values.length);
          const { wassersteinOverDeviation: distance } = driftStatistics(found, { reference, current });
          if (distance !== null) expect(Number.isFinite(distance)).toBe(true);
        },
      ),
      { seed: 6, numRuns: 500 },
    );
  });

  it('of distinct values are twenty of equal share, the same from any order', () => {
    expect(binTotal(numeric)).toBe(20);
    expect(countValues(numeric, even).counts).toEqual(Array.from({ length: 20 }, () => 100));
    expect(learnNumericBinning(even.toSorted(() => random() - 0.5))).toEqual(numeric);
    expect(learnNumericBinning([...even, Number.NaN, Infinity])).toEqual(numeric);
  });

  it('give a value that fills more than a bin alone a bin of its own', () => {
    if (inflated.kind !== 'numeric') throw new Error('401 distinct values are numeric.');
    expect(inflated.edges.filter((_, index) => inflated.points[index])).toEqual([0]);
    const { counts } = countValues(inflated, zeroInflated);
    expect(counts.slice(0, 2)).toEqual([0, 600]);
    expect(counts.slice(2)).toEqual(Array.from({ length: 8 }, () => 50));
    expect(countValues(inflated, [-0.5, 0, 0.001]).counts.slice(0, 3)).toEqual([1, 1, 1]);
  });

  it('of few whole numbers are one each; of fractions they never are', () => {
    expect(ordered).toMatchObject({ kind: 'ordered', values: [1, 2, 3, 5] });
    expect(learnNumericBinning([0.5, 1.5, 1.5]).kind).toBe('numeric');
    expect(learnNumericBinning([7, 7, 7])).toEqual({ kind: 'ordered', values: [7], deviation: 0 });
  });

  it('of a constant fraction have a scale and count; none are learned from nothing', () => {
    const constant = learnNumericBinning([0.5, 0.5]);
    expect(countValues(constant, [0.5, 0.5, 0.6]).counts).toEqual([0, 2, 1]);
    expect(() => learnNumericBinning([Number.NaN])).toThrow(/there is none/);
    expect(() => learnNumericBinning([1], 1)).toThrow(/two bins/);
    expect(() => learnCategoricalBinning(new Map([['a', 0]]))).toThrow(/there is none/);
  });

  it('of categories are the most frequent, ties by key, and a tail that is not new', () => {
    expect(categories).toEqual({ kind: 'categorical', categories: ['DE', 'FR'], tail: ['AT', 'LU'] });
    const tied = new Map([
      ['b', 2],
      ['a', 2],
      ['c', 2],
    ]);
    expect(learnCategoricalBinning(tied, 3)).toEqual({
      kind: 'categorical',
      categories: ['a', 'b', 'c'],
      tail: [],
    });
    const many = learnCategoricalBinning(
      new Map(Array.from({ length: 10_001 }, (_, index) => [`k${index}`, 1])),
    );
    expect(many.tail).toBe('open');
    expect(countValues(many, ['never seen']).apart.new).toBe(0);
    expect(binTotal(many)).toBe(51);
  });

  it('every value falls into the bin between its edges', () => {
    if (numeric.kind !== 'numeric') throw new Error('2,000 distinct values are numeric.');
    for (const [index, edge] of numeric.edges.entries()) {
      expect(countValues(numeric, [edge]).counts.indexOf(1)).toBe(index + 1);
      expect(countValues(numeric, [edge - 1e-9]).counts.indexOf(1)).toBe(index);
    }
  });
});

/** From raw values: area between the two empirical distribution functions, and their largest distance. */
function exact(reference: readonly number[], current: readonly number[]) {
  const steps = [
    ...reference.map((at) => ({ at, by: 1 / reference.length })),
    ...current.map((at) => ({ at, by: -1 / current.length })),
  ].toSorted((left, right) => left.at - right.at);
  let [difference, distance, largest] = [0, 0, 0];
  for (const [index, { at, by }] of steps.entries()) {
    difference += by;
    const width = (steps[index + 1]?.at ?? at) - at;
    if (width > 0) largest = Math.max(largest, Math.abs(difference));
    distance += Math.abs(difference) * width;
  }
  return { distance, largest };
}

/** The distance from counters beside that of the raw values, both over the deviation. */
function distances(reference: readonly number[], current: readonly number[]) {
  const binning = learnNumericBinning(reference);
  const sides = { reference: countValues(binning, reference), current: countValues(binning, current) };
  const found = driftStatistics(binning, sides);
  const raw = exact(reference, current);
  return {
    wasserstein: found.wassersteinOverDeviation ?? Number.NaN,
    raw: raw.distance / binning.deviation,
    ks: found.kolmogorovSmirnov ?? Number.NaN,
    rawKs: raw.largest,
    swapped: wassersteinOverDeviation(binning, sides.current, sides.reference) ?? Number.NaN,
  };
}

describe('the Wasserstein distance from counters', () => {
  it('of a shift is the published one, exactly, however far out', () => {
    const reference = Array.from({ length: 1_000 }, (_, index) => index / 1000);
    const moved = (by: number) =>
      distances(
        reference,
        reference.map((one) => one + by),
      );
    expect(moved(0.1).wasserstein).toBeCloseTo(0.3464103347, 6);
    expect(moved(0.1).ks).toBeCloseTo(0.1, 12);
    expect(moved(-40).wasserstein).toBeCloseTo(40 / (0.1 / 0.3464103347), 4);
  });

  it('of a stretch is within a percent of the published one, and Kolmogorov–Smirnov within .01', () => {
    const current = Array.from({ length: 1_500 }, (_, index) => 1.2 * (index / 1000) ** 2 + 0.05);
    const found = distances(even, current);
    expect(found.raw).toBeCloseTo(0.3324765118, 9);
    expect(Math.abs(found.wasserstein / found.raw - 1)).toBeLessThan(0.01);
    expect(Math.abs(found.ks - found.rawKs)).toBeLessThan(0.01);
  });

  it('of eight values against eight is the published one', () => {
    const x8 = [38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58];
    const found = distances(x8, [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]);
    expect(found.raw).toBeCloseTo(0.7812361058, 9);
    expect(found.wasserstein).toBeCloseTo(0.7812361058, 1);
    expect(found.ks).toBeCloseTo(0.625, 12);
  });

  it('is symmetric and never above the one of the raw values, as Kolmogorov–Smirnov is', () => {
    const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
      minLength: 40,
      maxLength: 80,
    });
    fc.assert(
      fc.property(numbers, fc.double({ min: -50, max: 50, noNaN: true }), (reference, by) => {
        const found = distances(
          reference,
          reference.map((one) => one + by),
        );
        if (Number.isNaN(found.wasserstein)) return;
        expect(Math.abs(found.wasserstein - found.swapped)).toBeLessThan(1e-9 * (1 + found.wasserstein));
        expect(found.wasserstein).toBeLessThanOrEqual(found.raw + 1e-5);
        expect(found.ks).toBeLessThanOrEqual(found.rawKs + 1e-12);
      }),
      { seed: 6 },
    );
  });

  it('of ordered numbers is exact; of categories there is none; null without rows or deviation', () => {
    const sides = {
      reference: countValues(ordered, [1, 1, 2, 5]),
      current: countValues(ordered, [2, 3, 5, 5]),
    };
    expect(driftStatistics(ordered, sides).wassersteinOverDeviation).toBeCloseTo(
      exact([1, 1, 2, 5], [2, 3, 5, 5]).distance / ordered.deviation,
      12,
    );
    const none = { reference: noRows(numeric), current: countValues(numeric, even) };
    expect(Object.values(driftStatistics(numeric, none))).toEqual(Array.from({ length: 7 }, () => null));
    const constant = learnNumericBinning([7, 7]);
    const rows = countValues(constant, [7]);
    expect(wassersteinOverDeviation(constant, rows, rows)).toBeNull();
    const texts = countValues(categories, ['DE']);
    const found = driftStatistics(categories, { reference: texts, current: texts });
    expect([found.kolmogorovSmirnov, found.wassersteinOverDeviation, found.psi]).toEqual([null, null, 0]);
  });
});
