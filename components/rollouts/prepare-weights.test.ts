import { expect, test } from 'vitest';
import { measuredWeights, weightSegments } from './prepare-weights.ts';

const arms = { stable: 6, canary: 7 };

test('shares keep their revision and role whatever the order of the keys, and leave out zeros', () => {
  expect(
    weightSegments({ '10': 5, '7': 25, '6': 70, '9': 0 }, arms).map(({ key, role }) => [key, role]),
  ).toEqual([
    ['6', 'stable'],
    ['7', 'canary'],
    ['10', 'other'],
  ]);
});

test('a split without requests is empty, not zero per cent', () => {
  expect(measuredWeights({ nCanary: 0, nStable: 0 }, arms)).toEqual({});
});

test('the measured split sums to a hundred', () => {
  expect(measuredWeights({ nCanary: 1, nStable: 3 }, arms)).toEqual({ 6: 75, 7: 25 });
});

test('a first revision has one arm', () => {
  expect(measuredWeights({ nCanary: 40, nStable: 0 }, { stable: null, canary: 1 })).toEqual({ 1: 100 });
});
