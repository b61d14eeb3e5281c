import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsBefore } from './counting-process.ts';
import { randomKey } from './random.ts';

const place = fc.double({ min: 0, max: 5e6, noNaN: true });
const ascending = fc
  .array(place, { minLength: 1, maxLength: 20 })
  .map((list) => list.toSorted((left, right) => left - right));

describe('the counting process', () => {
  test('is integer, monotone, and does not depend on which places are asked for together', () => {
    fc.assert(
      fc.property(fc.string(), ascending, (text, places) => {
        const counts = eventsBefore(randomKey(text), places);
        const alone = places.map((at) => eventsBefore(randomKey(text), [at])[0]);
        expect(counts).toEqual(alone);
        expect(counts.every(Number.isSafeInteger)).toBe(true);
        expect(counts.toSorted((left, right) => left - right)).toEqual(counts);
      }),
      { numRuns: 200 },
    );
  });

  test('counts nothing before zero', () => {
    expect(eventsBefore(randomKey('zero'), [-1, 0])).toEqual([0, 0]);
  });

  test.each([0.3, 1, 40, 1_000])('has Poisson increments of length %d: mean and variance agree', (length) => {
    const steps = 4_000;
    const places = Array.from({ length: steps + 1 }, (_, index) => index * length);
    const counts = eventsBefore(randomKey(`increments of ${length}`), places);
    const increments = counts.slice(1).map((count, index) => count - (counts[index] ?? 0));
    const mean = increments.reduce((sum, n) => sum + n, 0) / steps;
    const variance = increments.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (steps - 1);
    expect(Math.abs(mean - length) / Math.sqrt(length / steps)).toBeLessThan(4);
    // The dispersion index of Poisson counts has a standard deviation of sqrt(2/steps) (plus a little for small means).
    expect(Math.abs(variance / mean - 1)).toBeLessThan(4 * Math.sqrt((2 + 1 / length) / steps));
    const lagged = increments
      .slice(1)
      .reduce((sum, n, index) => sum + (n - mean) * ((increments[index] ?? 0) - mean), 0);
    expect(Math.abs(lagged / (steps * variance))).toBeLessThan(4 / Math.sqrt(steps));
  });

  test('processes of different keys are uncorrelated', () => {
    const steps = 4_000;
    const places = Array.from({ length: steps + 1 }, (_, index) => index * 10);
    const increments = ['a/0/0', 'a/0/1'].map((text) => {
      const counts = eventsBefore(randomKey(text), places);
      return counts.slice(1).map((count, index) => count - (counts[index] ?? 0) - 10);
    });
    const [left = [], right = []] = increments;
    const product = left.reduce((sum, n, index) => sum + n * (right[index] ?? 0), 0);
    expect(Math.abs(product / (steps * 10))).toBeLessThan(4 / Math.sqrt(steps));
  });
});
