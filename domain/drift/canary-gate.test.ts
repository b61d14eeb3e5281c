import { describe, expect, it } from 'vitest';
import { type GateFeature, isGated, judgeCanaryGate } from './canary-gate.ts';
import { noRows } from './counters.ts';

const binning = { kind: 'categorical', categories: ['a', 'b', 'c', 'd'], tail: [] } as const;
const counted = (counts: number[], nulls = 0) => {
  const none = noRows(binning);
  return { ...none, counts, apart: { ...none.apart, null: nulls } };
};
const feature = (name: string, stable: number[], canary: number[], nulls = 0): GateFeature => ({
  featureId: name,
  name,
  binning,
  reference: counted(stable),
  current: counted(canary, nulls),
  dispersions: {},
});
const even = [500, 500, 500, 500];
const alike = feature('country', even, [100, 100, 100, 100]);

describe('the canary against stable', () => {
  it('passes when every feature is alike', () => {
    expect(judgeCanaryGate([alike], 4)).toEqual({
      verdict: 'pass',
      seen: '1 feature is alike in both arms',
    });
  });

  it('fails when a feature is distributed otherwise, or has nulls that stable has not', () => {
    const moved = feature('amount', even, [10, 90, 100, 200]);
    const found = judgeCanaryGate([alike, moved], 4);
    expect(found.verdict).toBe('fail');
    expect(found.seen).toMatch(/^amount: its distribution moved by PSI/);
    const nulls = judgeCanaryGate([feature('age', even, [90, 90, 90, 90], 40)], 4);
    expect(nulls.seen).toMatch(/its share of nulls changed by 10 percentage points$/);
  });

  it('is no evidence while an arm has too few rows, whatever the others say, and when nothing is counted', () => {
    const few = feature('amount', even, [5, 5, 5, 5]);
    expect(judgeCanaryGate([alike, few], 4)).toEqual({
      verdict: 'noEvidence',
      seen: 'the canary has 20 of 100 rows of amount',
    });
    expect(judgeCanaryGate([], 4).verdict).toBe('noEvidence');
  });

  it('needs more evidence the more steps the rollout has', () => {
    // Just beyond the harmless shift: enough once, not split over twenty steps.
    const near = feature(
      'amount',
      even.map((rows) => rows * 4),
      [60, 80, 100, 160],
    );
    const verdicts = [1, 20].map((steps) => judgeCanaryGate([near], steps).verdict);
    expect(verdicts).toEqual(['fail', 'pass']);
  });

  it('of inputs looks at no prediction, and the other way round', () => {
    expect(['input', 'score', 'latency'].map((role) => isGated('inputs', role as 'input'))).toEqual([
      true,
      false,
      false,
    ]);
    expect(isGated('predictions', 'class')).toBe(true);
  });
});
