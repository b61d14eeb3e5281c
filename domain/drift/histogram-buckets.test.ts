import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bucket,
  boundsOfBuckets,
  bucketIncrease,
  bucketsOfBounds,
  bucketsOfCumulative,
  bucketsOfExponential,
  countsBetween,
} from './histogram-buckets.ts';

const seed = 6;
const total = (buckets: readonly Bucket[]) => buckets.reduce((sum, { count }) => sum + count, 0);
const counts = (length: number) => fc.array(fc.nat(1_000), { minLength: length, maxLength: length });
const bounds = [0.1, 0.5, 2];
const sides = fc.array(fc.nat(50), { minLength: 1, maxLength: 40 });
const exponential = (scale: number, offset: number, bucketCounts: readonly number[]) =>
  bucketsOfExponential({
    scale,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: { offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [] },
  });

describe('a classic histogram', () => {
  it('is buckets of their own counts, whatever the order of its counters', () => {
    const counters = [
      [Number.POSITIVE_INFINITY, 9],
      [0.1, 2],
      [0.5, 7],
    ] as const;
    expect(bucketsOfCumulative(counters)).toEqual(bucketsOfBounds([0.1, 0.5], [2, 5, 2]));
    expect(bucketsOfCumulative(counters.slice(1))).toBeNull();
    expect(bucketsOfCumulative([...counters, [1, 6]])).toBeNull();
    expect(bucketsOfCumulative([[Number.POSITIVE_INFINITY, 1.5]])).toBeNull();
  });
});

describe('the difference of two looks', () => {
  it('adds up over any looks in between to that of the first and the last', () => {
    fc.assert(
      fc.property(fc.array(counts(4), { minLength: 1, maxLength: 8 }), (increases) => {
        const looks = [bucketsOfBounds(bounds, [3, 0, 1, 7])];
        for (const more of increases)
          looks.push((looks.at(-1) ?? []).map((one, at) => ({ ...one, count: one.count + (more[at] ?? 0) })));
        const steps = looks.slice(1).map((after, at) => bucketIncrease(looks[at] ?? [], after));
        const sums = bounds.map((_, at) => steps.reduce((sum, step) => sum + (step[at]?.count ?? 0), 0));
        const whole = bucketIncrease(looks[0] ?? [], looks.at(-1) ?? []);
        expect(sums).toEqual(whole.slice(0, 3).map(({ count }) => count));
        expect(steps).toEqual(increases.map((more) => bucketsOfBounds(bounds, more)));
      }),
      { seed },
    );
  });

  it('is never below nothing, and after a restart is what was counted since', () => {
    fc.assert(
      fc.property(counts(4), counts(4), (before, after) => {
        const [first, second] = [bucketsOfBounds(bounds, before), bucketsOfBounds(bounds, after)];
        const found = bucketIncrease(first, second);
        const fell = after.some((count, at) => count < (before[at] ?? 0));
        if (fell) expect(found).toEqual(second);
        else expect(total(found)).toBe(total(second) - total(first));
        for (const { count } of found) expect(count).toBeGreaterThanOrEqual(0);
      }),
      { seed },
    );
    const other = bucketsOfBounds([0.2, 0.5], [9, 9, 9]);
    expect(bucketIncrease(bucketsOfBounds(bounds, [1, 1, 1, 1]), other)).toEqual(other);
  });

  it('of a native histogram that halved its resolution meanwhile is exact, too', () => {
    fc.assert(
      fc.property(sides, sides, fc.integer({ min: -20, max: 20 }), (before, more, half) => {
        const offset = half * 2;
        const after = before.map((count, at) => count + (more[at] ?? 0));
        const coarse = Array.from(
          { length: Math.ceil(after.length / 2) },
          (_, at) => (after[2 * at] ?? 0) + (after[2 * at + 1] ?? 0),
        );
        const found = bucketIncrease(exponential(3, offset, before), exponential(2, half, coarse));
        expect(total(found)).toBe(before.reduce((sum, _, at) => sum + (more[at] ?? 0), 0));
      }),
      { seed },
    );
  });
});

describe('counts between bounds', () => {
  it('hold every value of a finer exponential histogram in the bins that it gives itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2, max: 8 }),
        fc.integer({ min: -300, max: 300 }),
        sides,
        (scale, offset, own) => {
          const buckets = exponential(scale, offset, own);
          const found = boundsOfBuckets(buckets);
          expect(found === null).toBe(total(buckets) === 0);
          if (found === null) return;
          expect(found.length).toBeLessThanOrEqual(62);
          const between = countsBetween(found, buckets);
          expect(between?.reduce((sum, count) => sum + count, 0)).toBe(total(buckets));
          expect([between?.[0], between?.at(-1)]).toEqual([0, 0]);
        },
      ),
      { seed },
    );
  });

  it('follow the bounds of the specification: (1, 2] at scale 0 is (0.5, 1] and (1, 2] at offset -1', () => {
    const buckets = bucketsOfExponential({
      scale: 0,
      zeroCount: 4,
      zeroThreshold: 0,
      positive: { offset: -1, bucketCounts: [1, 2] },
      negative: { offset: 0, bucketCounts: [3] },
    });
    expect(buckets).toEqual([
      { from: -2, to: -1, count: 3 },
      { from: -0, to: 0, count: 4 },
      { from: 0.5, to: 1, count: 1 },
      { from: 1, to: 2, count: 2 },
    ]);
    expect(countsBetween([0.5, 1, 2], buckets)).toEqual([7, 1, 2, 0]);
  });

  it('are refused where a bucket lies on both sides of a bound', () => {
    const coarse = bucketsOfBounds([0.1, 2], [1, 1, 1]);
    expect(countsBetween(bounds, coarse)).toBeNull();
    expect(countsBetween([0.1], coarse)).toEqual([1, 2]);
  });

  it('take the texts of Prometheus for the same bounds, to the last bit or not', () => {
    const root = { from: 0.7071067811865475, to: 1, count: 5 };
    expect(countsBetween([2 ** -0.5, 1], [root])).toEqual([0, 5, 0]);
  });

  it('have explicit bounds as they are, and none of a histogram that tells none', () => {
    expect(boundsOfBuckets(bucketsOfBounds(bounds, [0, 0, 0, 0]))).toEqual(bounds);
    expect(boundsOfBuckets(bucketsOfBounds([1, 2, 4], [1, 1, 1, 1]))).toEqual([1, 2, 4]);
    expect(boundsOfBuckets([])).toBeNull();
    expect(boundsOfBuckets(bucketsOfBounds([], [1]))).toBeNull();
  });
});
