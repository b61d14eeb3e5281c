import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../analysis/simulated-counts.ts';
import type { NumericBinning } from '../drift/binning.ts';
import { packContribution, unpackContribution } from '../drift/contribution.ts';
import { addCounters } from '../drift/counters.ts';
import { measuredClasses } from './class-joint.ts';
import { estimatedScores } from './estimated-scores.ts';
import { shareRate } from './rate.ts';
import { residualCounter, residualSumsOf } from './residual-counters.ts';
import { measuredResiduals } from './residual-sums.ts';
import {
  calibration,
  countScores,
  labelledShare,
  measuredScores,
  type ScoreJoint,
  scoreEdges,
} from './score-joint.ts';

type Labelled = { readonly score: number; readonly outcome: boolean };

/** Calibrated scores: the outcome comes as often as the score says. */
function calibrated(seed: number, count: number, scoreOf: (uniform: number) => number): Labelled[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const score = scoreOf(random());
    return { score, outcome: random() < score };
  });
}

const rowsOf = ({ positives, negatives }: ScoreJoint) =>
  positives.map((rows, bin) => rows + (negatives[bin] ?? 0));
const onlyScores = (rows: readonly Labelled[]) => rows.map(({ score }) => score);

describe('a share of rows', () => {
  it('has the interval of Wilson, wider where rows hang together', () => {
    // Newcombe 1998, table I: 81 of 263 and 0 of 20.
    const known = shareRate(81, 263);
    expect(known?.low).toBeCloseTo(0.2553, 4);
    expect(known?.high).toBeCloseTo(0.3662, 4);
    expect(shareRate(0, 20)).toMatchObject({ value: 0, low: 0 });
    expect(shareRate(0, 20)?.high).toBeCloseTo(0.1611, 4);
    expect(shareRate(81, 263, 4)?.high).toBeGreaterThan(0.42);
    expect(shareRate(0, 0)).toBeNull();
  });
});

describe('measured scores', () => {
  const joint: ScoreJoint = { edges: [0.3, 0.5], positives: [1, 2, 7], negatives: [6, 3, 1] };

  it('decide from the threshold on', () => {
    const { rows, accuracy, precision, recall } = measuredScores(joint, 0.5);
    expect([rows, accuracy?.value, precision?.value, recall?.value]).toEqual([20, 16 / 20, 7 / 8, 7 / 10]);
    expect(measuredScores(joint, 0.3).recall?.value).toBe(9 / 10);
    expect(() => measuredScores(joint, 0.4)).toThrow('The scores have no edge at 0.4');
  });

  it('have the area under the curve of pairs, ties counting half, and the interval of Hanley and McNeil', () => {
    // Pairs: 1·6/2 + 2·(6 + 3/2) + 7·(9 + 1/2) = 84.5 of 100.
    expect(measuredScores(joint, 0.5).auc?.value).toBe(0.845);
    // Hanley and McNeil 1982, table I: 109 scans, area .893, standard error .032.
    const scans: ScoreJoint = {
      edges: [1, 2, 3, 4],
      positives: [3, 2, 2, 11, 33],
      negatives: [33, 6, 6, 11, 2],
    };
    const { auc } = measuredScores(scans, 3);
    expect(auc?.value).toBeCloseTo(0.893, 3);
    expect(((auc?.high ?? 0) - (auc?.value ?? 0)) / 1.96).toBeCloseTo(0.032, 3);
  });

  it('are nothing without rows, and no share of none', () => {
    const empty = { edges: [0.5], positives: [0, 0], negatives: [0, 0] };
    const none = { rows: 0, accuracy: null, precision: null, recall: null, auc: null };
    expect(measuredScores(empty, 0.5)).toEqual(none);
    expect(measuredScores({ ...empty, negatives: [5, 0] }, 0.5)).toMatchObject({
      precision: null,
      recall: null,
      auc: null,
    });
    expect(labelledShare(0, 0)).toBeNull();
    expect(labelledShare(30, 120)).toBe(0.25);
  });

  it('are counted alike in every order and split', () => {
    const rows = fc.array(
      fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), outcome: fc.boolean() }),
    );
    fc.assert(
      fc.property(rows, fc.nat(), (all, at) => {
        const cut = all.length === 0 ? 0 : at % all.length;
        const turned = [...all.slice(cut), ...all.slice(0, cut)];
        const whole = countScores([0.2, 0.5], all);
        expect(countScores([0.2, 0.5], turned)).toEqual(whole);
        expect(rowsOf(whole).reduce((sum, one) => sum + one, 0)).toBe(all.length);
      }),
    );
  });

  it('show how often each score came true', () => {
    const edges = scoreEdges(onlyScores(calibrated(1, 20_000, (uniform) => uniform)), [0.5]);
    const found = calibration(
      countScores(
        edges,
        calibrated(2, 20_000, (uniform) => uniform),
      ),
    );
    const far = found.filter((rate, bin) => {
      const middle = ((edges[bin - 1] ?? 0) + (edges[bin] ?? 1)) / 2;
      return rate !== null && (rate.low > middle || rate.high < middle);
    });
    // 95 in 100 intervals hold what is true.
    expect(far.length).toBeLessThanOrEqual(0.15 * found.length);
  });
});

describe('estimated scores', () => {
  it('are those measured when the relation is the same, and hold them in their intervals', () => {
    const scoreOf = (uniform: number) => uniform ** 3;
    const reference = calibrated(3, 50_000, scoreOf);
    const edges = scoreEdges(onlyScores(reference), [0.5]);
    const relation = { from: 'labels' as const, joint: countScores(edges, reference) };
    const runs = Array.from({ length: 60 }, (_, run) => {
      const joint = countScores(edges, calibrated(100 + run, 1_000, scoreOf));
      return {
        told: estimatedScores(rowsOf(joint), relation, { threshold: 0.5 }),
        true: measuredScores(joint, 0.5),
      };
    });
    for (const figure of ['accuracy', 'precision', 'recall'] as const) {
      const held = runs.filter(({ told, true: truth }) => {
        const [rate, value] = [told[figure], truth[figure]?.value ?? Number.NaN];
        return rate !== null && rate.low <= value && value <= rate.high;
      });
      expect(held.length, figure).toBeGreaterThanOrEqual(0.85 * runs.length);
    }
    expect(runs[0]?.told.assumption).toBe('if the relation of inputs to labels has not changed');
  });

  it('know what a rare decision is worth: precision at 1 % fraud and threshold .2, where 20 bins told 0', () => {
    const scoreOf = (uniform: number) => Math.min(0.99, 0.002 + 0.0079 / (1 - uniform + 0.002) / 4);
    const reference = calibrated(5, 200_000, scoreOf);
    const now = calibrated(6, 200_000, scoreOf);
    const edges = scoreEdges(onlyScores(reference), [0.2]);
    const truth = measuredScores(countScores(edges, now), 0.2).precision?.value ?? 0;
    const told = estimatedScores(
      rowsOf(countScores(edges, now)),
      { from: 'labels', joint: countScores(edges, reference) },
      { threshold: 0.2 },
    ).precision;
    expect(told?.value).toBeCloseTo(truth, 1);
    expect(told?.low).toBeLessThan(truth);
    expect(told?.high).toBeGreaterThan(truth);
  });

  it('without any labels take the mean score and say what they assume', () => {
    const relation = { from: 'scores' as const, edges: [0.5], means: [0.1, 0.8] };
    const found = estimatedScores([90, 10], relation, { threshold: 0.5 });
    expect(found.accuracy?.value).toBeCloseTo((90 * 0.9 + 10 * 0.8) / 100, 12);
    expect(found.precision?.value).toBeCloseTo(0.8, 12);
    expect(found.recall?.value).toBeCloseTo(8 / 17, 12);
    expect(found.assumption).toContain('assumes calibrated scores');
  });

  it('are wider where rows hang together and where the reference knew few labels', () => {
    const joint = { edges: [0.5], positives: [10, 80], negatives: [90, 20] };
    const width = (phi: number, times: number) => {
      const many = {
        edges: joint.edges,
        positives: joint.positives.map((rows) => rows * times),
        negatives: joint.negatives.map((rows) => rows * times),
      };
      const rate = estimatedScores(
        [500, 500],
        { from: 'labels', joint: many },
        { threshold: 0.5, phi },
      ).accuracy;
      return (rate?.high ?? 0) - (rate?.low ?? 0);
    };
    expect(width(3, 1)).toBeGreaterThan(width(1, 1));
    expect(width(1, 1)).toBeGreaterThan(width(1, 50));
  });

  it('of no rows are nothing, and of other bins an error', () => {
    const relation = { from: 'scores' as const, edges: [0.5], means: [0.1, 0.8] };
    expect(estimatedScores([0, 0], relation, { threshold: 0.5 })).toMatchObject({
      rows: 0,
      accuracy: null,
      precision: null,
      recall: null,
    });
    expect(() => estimatedScores([1], relation, { threshold: 0.5 })).toThrow('in the bins of the reference');
  });
});

it('edges of scores are quantiles, more of them at the top, and every threshold', () => {
  const scores = Array.from({ length: 10_000 }, (_, index) => index / 10_000);
  const edges = scoreEdges(scores, [0.4321, 0.5]);
  expect(edges).toHaveLength(19 + 8 + 1);
  expect(edges).toContain(0.4321);
  expect(edges.filter((edge) => edge > 0.95)).toEqual([0.96, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995]);
  expect(scoreEdges([], [0.5])).toEqual([0.5]);
  expect(scoreEdges([1, 1, 1], [0.5])).toEqual([0.5]);
});

it('classes have accuracy, and each its precision and recall', () => {
  const found = measuredClasses({
    classes: ['cat', 'dog', 'fox'],
    rows: [
      [8, 1, 0],
      [2, 9, 0],
      [0, 0, 0],
    ],
  });
  expect(found).toMatchObject({ rows: 20, accuracy: { value: 17 / 20 } });
  expect(found.classes.map(({ precision, recall }) => [precision?.value, recall?.value])).toEqual([
    [8 / 9, 8 / 10],
    [9 / 11, 9 / 10],
    [undefined, undefined],
  ]);
  // The third row and column are classes that are not told apart.
  const open = measuredClasses({
    classes: ['cat', 'dog'],
    rows: [
      [8, 0, 2],
      [0, 9, 0],
      [0, 1, 30],
    ],
  });
  expect(open).toMatchObject({ rows: 50, accuracy: { value: 17 / 20 } });
  expect(open.classes.map(({ precision, recall }) => [precision?.value, recall?.value])).toEqual([
    [8 / 10, 1],
    [1, 9 / 10],
  ]);
  const classes = Array.from({ length: 21 }, (_, index) => String(index));
  expect(() => measuredClasses({ classes, rows: [] })).toThrow('At most 20 classes');
});

/** Of a prediction whose values are counted in such steps. */
const countedBy = (step: number) => {
  const scale = { centre: 0, step };
  const binning: NumericBinning = {
    kind: 'numeric',
    edges: [],
    points: [],
    scale,
    deviation: 1,
    low: 0,
    high: 1,
  };
  return residualCounter(binning);
};
const countResiduals = (step: number, residuals: readonly number[]) =>
  residualSumsOf(countedBy(step)(residuals));

describe('residuals', () => {
  it('have mean size, root mean square and bias', () => {
    const found = measuredResiduals(countResiduals(0.25, [1, -3, 2.5, -0.5]), 0.25);
    expect(found?.mae.value).toBe(7 / 4);
    expect(found?.rmse.value).toBeCloseTo(Math.sqrt((1 + 9 + 6.25 + 0.25) / 4), 12);
    expect(found?.bias.value).toBe(0);
    expect(measuredResiduals(countResiduals(1, []), 1)).toBeNull();
  });

  it('add up to the last bit in every split', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true })), fc.nat(), (all, at) => {
        const cut = all.length === 0 ? 0 : at % all.length;
        const count = countedBy(0.1);
        const whole = count(all);
        expect(addCounters(count(all.slice(cut)), count(all.slice(0, cut)))).toEqual(whole);
        // As they are stored on the way, and what they add up to without any rounding.
        const id = '01900000-0000-7000-8000-000000000000';
        const place = { binningId: id, revisionId: id, featureId: id, windowMs: 0 } as const;
        const part = { ...place, segment: 'residual', finest: 'hour' as const, counters: whole };
        expect(unpackContribution(packContribution([part]))).toEqual([part]);
        const steps = all.map((one) => BigInt(Math.round(one / 0.1)));
        const { squares, fourths } = residualSumsOf(whole);
        expect(squares).toBe(steps.reduce((sum, one) => sum + one ** 2n, 0n));
        expect(fourths).toBe(steps.reduce((sum, one) => sum + one ** 4n, 0n));
      }),
    );
  });

  it('have intervals that hold the truth 95 times in 100, and wider ones where rows hang together', () => {
    const random = seededRandom(9);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const truth = { mae: 2 * Math.sqrt(2 / Math.PI), rmse: 2, bias: 0 };
    const held = { mae: 0, rmse: 0, bias: 0 };
    const names = ['mae', 'rmse', 'bias'] as const;
    for (let run = 0; run < 300; run += 1) {
      const found = measuredResiduals(
        countResiduals(
          1e-3,
          Array.from({ length: 400 }, () => 2 * normal()),
        ),
        1e-3,
      );
      for (const name of names) {
        const figure = found?.[name];
        if (figure !== undefined && figure.low <= truth[name] && truth[name] <= figure.high) held[name] += 1;
      }
    }
    for (const name of names) expect(held[name] / 300, name).toBeGreaterThanOrEqual(0.91);
    const sums = countResiduals(1e-3, Array.from({ length: 400 }, normal));
    const wide = (phi: number) => {
      const bias = measuredResiduals(sums, 1e-3, phi)?.bias;
      return (bias?.high ?? 0) - (bias?.low ?? 0);
    };
    expect(wide(4)).toBeCloseTo(2 * wide(1), 9);
  });
});
