import { expect, test } from 'vitest';
import { binomialBand } from './binomial-band.ts';
import { countsBetween, type LoadCounts } from './load.ts';
import { trainModel } from './train-model.ts';

test('the same plan gives the same bytes, another seed another digest', () => {
  const plan = { name: 'fraud-detector', number: 7, seed: 7 };
  const first = trainModel(plan);
  expect(trainModel(plan)).toEqual(first);
  expect(trainModel({ ...plan, seed: 8 }).digest).not.toBe(first.digest);
  expect(first.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('training finds the law behind the data again', () => {
  const { json, accuracy } = trainModel({ name: 'a', number: 1, seed: 3 });
  expect(accuracy).toBeGreaterThan(0.8);
  const { weights } = JSON.parse(json) as { weights: number[] };
  for (const [index, truth] of [1.6, -0.4, 0.9, 0.7].entries())
    expect(Math.abs((weights[index] ?? 0) - truth)).toBeLessThan(0.25);
});

test('the band holds its mean and never leaves the possible counts', () => {
  expect(binomialBand(0, 0.25)).toEqual({ low: 0, high: 0 });
  expect(binomialBand(10, 0.05)).toEqual({ low: 0, high: 4 });
  // 2000 · ¼ ± 5 · √(2000 · ¼ · ¾)
  expect(binomialBand(2000, 0.25)).toEqual({ low: 403, high: 597 });
});

test('the difference of two readings counts a version that appeared in between', () => {
  const empty: LoadCounts = {
    sent: 0,
    dropped: 0,
    broken: 0,
    byStatus: {},
    byVersion: { v1: 3 },
    byRevision: {},
    reasons: [],
  };
  expect(countsBetween(empty, { ...empty, byVersion: { v1: 5, v2: 1 } }, 'byVersion')).toEqual({
    v1: 2,
    v2: 1,
  });
});
