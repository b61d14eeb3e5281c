import { expect, it } from 'vitest';
import { binLabels } from './bin-labels.ts';
import { binTotal } from './binning.ts';
import { learnCategoricalBinning, learnNumericBinning } from './learn-binning.ts';

it('every bin has a label, in the order of the counts', () => {
  const values = Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? 0 : index / 7));
  const binnings = [
    learnNumericBinning(values, 10),
    learnNumericBinning([1, 2, 3]),
    learnNumericBinning([1.5]),
    learnCategoricalBinning(new Map([...Array(60).keys()].map((key) => [`c${key}`, 100 - key]))),
    learnCategoricalBinning(new Map([['a', 2]])),
  ];
  for (const binning of binnings) expect(binLabels(binning)).toHaveLength(binTotal(binning));
});

it('a point mass is named apart from the interval before it', () => {
  const scale = { centre: 0, step: 1 };
  const of = {
    kind: 'numeric',
    edges: [0, 10],
    points: [true, false],
    scale,
    deviation: 1,
    low: -1,
    high: 20,
  } as const;
  expect(binLabels(of)).toEqual(['below 0', 'exactly 0', '0 to 10', 'from 10']);
});
