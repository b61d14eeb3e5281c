import { describe, expect, it } from 'vitest';
import { logChoose } from '../analysis/log-choose.ts';
import { seededRandom } from '../analysis/simulated-counts.ts';
import { alertSpans, usualPersistence, type WindowVerdict } from './alert-spans.ts';
import type { CategoricalBinning } from './binning.ts';
import { type Counters, countValues, noRows } from './counters.ts';
import { cusum, cusumStep } from './cusum.ts';
import { dispersionOf, independentRows, restsOnIndependence, verdictLength } from './dispersion.ts';
import { distributionEvidence } from './distribution-evidence.ts';
import { testsOf } from './drift-tests.ts';
import { learnCategoricalBinning, learnNumericBinning } from './learn-binning.ts';
import { shareEvidence } from './share-evidence.ts';
import { type DriftVerdict, type FeatureWindow, judgeWindow } from './window-verdict.ts';

const binCount = 20;
const letters = Array.from({ length: binCount }, (_, index) => String.fromCharCode(97 + index));
const binning: CategoricalBinning = { kind: 'categorical', categories: letters, tail: [] };
const even = letters.map(() => 1 / binCount);

/** Shares whose PSI against even ones is the one asked for: half of the bins gain what the others lose. */
function sharesAt(psi: number): number[] {
  let [low, high] = [0, 1];
  for (let turn = 0; turn < 60; turn += 1) {
    const tilt = (low + high) / 2;
    if ((tilt / 2) * Math.log((1 + tilt) / (1 - tilt)) > psi) high = tilt;
    else low = tilt;
  }
  return even.map((share, bin) => share * (bin % 2 === 0 ? 1 + low : 1 - low));
}

const counted = (counts: readonly number[], apart: Partial<Counters['apart']> = {}): Counters => ({
  counts,
  sums: [],
  apart: { ...noRows(binning).apart, ...apart },
});

function drawn(random: () => number, shares: readonly number[], rows: number): number[] {
  const counts = shares.map(() => 0);
  for (let row = 0; row < rows; row += 1) {
    let left = random();
    let bin = 0;
    while (bin < shares.length - 1 && left >= (shares[bin] ?? 1)) {
      left -= shares[bin] ?? 0;
      bin += 1;
    }
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

const reference = counted(even.map(() => 1_400));
const feature = (current: Counters, change: Partial<FeatureWindow> = {}): FeatureWindow => ({
  featureId: 'country',
  binning,
  reference,
  current,
  dispersions: {},
  ...change,
});
const verdictOf = (window: FeatureWindow, test = 'distribution') =>
  judgeWindow([window]).find((one) => one.test === test);

/** Share of windows in which the distribution is said to have drifted. */
function alarms(psi: number, rows: number, runs: number): number {
  const random = seededRandom(606);
  const shares = sharesAt(psi);
  let found = 0;
  for (let run = 0; run < runs; run += 1)
    if (verdictOf(feature(counted(drawn(random, shares, rows))))?.verdict === 'drifted') found += 1;
  return found / runs;
}

describe('the verdict of a window', () => {
  it('of no shift, and of one at the harmless limit, is steady with few rows and with many', () => {
    expect(alarms(0, 200, 300)).toBe(0);
    expect(alarms(0, 1_000, 150)).toBe(0);
    expect(alarms(0.05, 1_000, 150)).toBeLessThanOrEqual(0.05);
    const million = counted(sharesAt(0.049).map((share) => Math.round(share * 1e6)));
    const many = counted(even.map(() => 1e6));
    expect(verdictOf(feature(million, { reference: many }))).toMatchObject({ verdict: 'steady' });
  });

  it('of PSI .18 in 1,000 independent rows is drift at least 95 times in 100', () => {
    expect(alarms(0.18, 1_000, 150)).toBeGreaterThanOrEqual(0.95);
  });

  it('of PSI .25 with rows worth a third is drift at least 70 times in 100', () => {
    const dispersions = { distribution: { phi: 3, degreesOfFreedom: 500, windows: 27 } };
    const random = seededRandom(607);
    const shares = sharesAt(0.25);
    let found = 0;
    for (let run = 0; run < 100; run += 1) {
      // Every row stands for three that are alike.
      const current = counted(drawn(random, shares, 400).map((rows) => rows * 3));
      if (verdictOf(feature(current, { dispersions }))?.verdict === 'drifted') found += 1;
    }
    expect(found / 100).toBeGreaterThanOrEqual(0.7);
  });

  it('says how many rows it needs, on which side, and asks phi times as many where rows hang together', () => {
    expect(verdictOf(feature(counted(even.map(() => 9))))).toEqual({
      featureId: 'country',
      test: 'distribution',
      verdict: 'insufficientData',
      side: 'current',
      rows: 180,
      rowsNeeded: 200,
    });
    const dispersions = { distribution: { phi: 2.5, degreesOfFreedom: 400, windows: 20 } };
    expect(verdictOf(feature(counted(even.map(() => 20)), { dispersions }))).toMatchObject({
      verdict: 'insufficientData',
      rowsNeeded: 500,
    });
    expect(verdictOf(feature(reference, { reference: noRows(binning) }))).toMatchObject({
      verdict: 'insufficientData',
      side: 'reference',
      rows: 0,
    });
    expect(judgeWindow([])).toEqual([]);
  });

  it('of nulls, new and unreadable values stands apart from the distribution, which is steady', () => {
    const current = counted(
      even.map(() => 100),
      { null: 400, new: 90, otherType: 70 },
    );
    const verdicts = judgeWindow([feature(current)]);
    expect(verdicts.map(({ test, verdict }) => [test, verdict])).toEqual([
      ['distribution', 'steady'],
      ['null', 'drifted'],
      ['unreadable', 'drifted'],
      ['new', 'drifted'],
    ]);
  });

  it('of a column that is nearly all null names the nulls although the rest is too little to judge', () => {
    const verdicts = judgeWindow([
      feature(
        counted(
          even.map(() => 5),
          { null: 900 },
        ),
      ),
    ]);
    expect(verdicts.map(({ test, verdict }) => [test, verdict]).slice(0, 2)).toEqual([
      ['distribution', 'insufficientData'],
      ['null', 'drifted'],
    ]);
  });

  it('judges range of intervals only, and new values only where all known ones are remembered', () => {
    const values = Array.from({ length: 4_000 }, (_, index) => index / 7);
    const numeric = learnNumericBinning(values);
    expect(testsOf(numeric)).toEqual(['distribution', 'null', 'unreadable', 'range']);
    const far = values.slice(0, 1_000).map((one, index) => (index < 60 ? one + 5_000 : one * 4));
    const found = judgeWindow([
      feature(countValues(numeric, far), { binning: numeric, reference: countValues(numeric, values) }),
    ]);
    expect(found.find(({ test }) => test === 'range')?.verdict).toBe('drifted');
    expect(testsOf(learnNumericBinning([1, 2]))).toContain('new');
    expect(testsOf({ ...learnCategoricalBinning(new Map([['a', 1]])), tail: 'open' })).not.toContain('new');
  });

  it('weighs all tests of the monitor together, and those without data not at all', () => {
    const shifted = feature(counted(sharesAt(0.4).map((share) => Math.round(share * 300))));
    const alone = verdictOf(shifted);
    const steady = Array.from({ length: 60 }, () => feature(counted(even.map(() => 50))));
    const empty = Array.from({ length: 60 }, () => feature(noRows(binning)));
    const adjusted = (others: FeatureWindow[]) => {
      const [first] = judgeWindow([shifted, ...others]);
      return first !== undefined && 'adjustedP' in first ? first.adjustedP : Number.NaN;
    };
    const before = alone !== undefined && 'adjustedP' in alone ? alone.adjustedP : Number.NaN;
    expect(adjusted(empty)).toBe(before);
    expect(adjusted(steady)).toBeGreaterThan(10 * before);
  });

  it('says when its rates rest on independence', () => {
    const known = { phi: 1, degreesOfFreedom: 400, windows: 20 };
    const current = counted(even.map(() => 100));
    expect(verdictOf(feature(current))).toMatchObject({ restsOnIndependence: true });
    expect(verdictOf(feature(current, { dispersions: { distribution: known } }))).toMatchObject({
      restsOnIndependence: false,
    });
  });
});

describe('the evidence', () => {
  it('of a distribution takes its noise floor off, and of one value is none', () => {
    const pair = {
      reference: even.map(() => 1_400),
      current: even.map((_, bin) => (bin % 2 === 0 ? 55 : 45)),
    };
    const one = distributionEvidence(pair, 1);
    const two = distributionEvidence(pair, 2);
    expect(one?.noiseFloor).toBeCloseTo(19 / ((28_000 * 1_000) / 29_000), 12);
    expect(one?.effect).toBe(0);
    expect(two?.noiseFloor).toBeCloseTo(2 * (one?.noiseFloor ?? 0), 12);
    expect(two?.psi).toBe(one?.psi);
    expect(distributionEvidence({ reference: [5], current: [5] }, 1)?.p).toBe(1);
    expect(distributionEvidence({ reference: [0], current: [5] }, 1)).toBeNull();
  });

  it('of a share that moved by no more than a percentage point is at the 5 % level false 6.2 times in 100 at worst, exactly counted', () => {
    const binomial = (n: number, k: number, share: number) =>
      Math.exp(logChoose(n, k) + k * Math.log(share) + (n - k) * Math.log1p(-share));
    for (const whole of [100, 200, 1_000, 5_000]) {
      for (const [base, now] of [
        [0, 0.01],
        [0.02, 0.03],
        [0.2, 0.21],
        [0.2, 0.19],
        [0.5, 0.51],
        [0.5, 0.5],
      ] as const) {
        let false5 = 0;
        for (let part = 0; part <= whole; part += 1) {
          const found = shareEvidence({ part: base * 1e6, whole: 1e6 }, { part, whole }, independentRows);
          if ((found?.p ?? 1) <= 0.05) false5 += binomial(whole, part, now);
        }
        expect(false5, `${whole} rows, ${base} to ${now}`).toBeLessThanOrEqual(0.062);
      }
    }
  });

  it('of a share is weaker when phi was estimated from few windows, and null without rows', () => {
    const at = (degreesOfFreedom: number, phi = 1) =>
      shareEvidence(
        { part: 10, whole: 1_000 },
        { part: 60, whole: 1_000 },
        { phi, degreesOfFreedom, windows: 0 },
      );
    expect(at(3)?.p).toBeGreaterThan(at(300)?.p ?? 1);
    expect(at(300, 4)?.p).toBeGreaterThan(at(300)?.p ?? 1);
    expect(at(0)?.change).toBeCloseTo(0.05, 12);
    expect(shareEvidence({ part: 0, whole: 0 }, { part: 1, whole: 5 }, independentRows)).toBeNull();
  });
});

describe('over-dispersion', () => {
  const random = seededRandom(608);
  const windows = (count: number, alike: number) =>
    Array.from({ length: count }, () => drawn(random, even, 300 / alike).map((rows) => rows * alike));

  it('is about 1 for independent rows and about 3 when every row comes three times', () => {
    expect(dispersionOf([windows(28, 1)]).phi).toBeCloseTo(1, 0);
    const tripled = dispersionOf([windows(28, 3)]);
    expect(tripled.phi).toBeGreaterThan(2.6);
    expect(tripled.phi).toBeLessThan(3.4);
    expect(tripled.degreesOfFreedom).toBe(27 * 19);
    expect(restsOnIndependence(tripled)).toBe(false);
  });

  it('is taken within groups, so that what differs between them by right does not count', () => {
    const night = Array.from({ length: 14 }, () => drawn(random, sharesAt(0.4), 300));
    const day = windows(14, 1);
    expect(dispersionOf([[...day, ...night]]).phi).toBeGreaterThan(2);
    expect(dispersionOf([day, night]).phi).toBeLessThan(1.3);
  });

  it('of one window, of none and of windows without rows is 1 and rests on independence', () => {
    expect(dispersionOf([])).toEqual(independentRows);
    expect(dispersionOf([[[3, 4]], [[0, 0]]])).toEqual(independentRows);
    expect(restsOnIndependence(independentRows)).toBe(true);
  });

  it('decides the shortest window that is worth a verdict', () => {
    const at = (hour: number, day: number, week: number) =>
      verdictLength({
        hour: { medianRows: hour, phi: 1 },
        day: { medianRows: day, phi: 4 },
        week: { medianRows: week, phi: 10 },
      });
    expect(at(200, 0, 0)).toBe('hour');
    expect(at(199, 800, 0)).toBe('day');
    expect(at(199, 799, 2_000)).toBe('week');
    expect(at(199, 799, 1_999)).toBeNull();
  });
});

describe('CUSUM over windows', () => {
  const evidence = (psi: number, rows = 800) => ({
    psi,
    noiseFloor: 0,
    effect: 0,
    p: 1,
    rows,
    statistic: rows * psi + 19,
    degreesOfFreedom: 19,
  });

  it('stands still at the harmless limit and alarms within six windows at twice of it', () => {
    expect(cusumStep(evidence(0.05))).toBeCloseTo(0, 12);
    // λ = 40: z = 40/√(38 + 160) = 2.84, so 1.84 a window over the allowance.
    expect(cusumStep(evidence(0.1))).toBeCloseTo(40 / Math.sqrt(198), 12);
    const at = (psi: number, windows: number) =>
      cusum(Array.from({ length: windows }, () => cusumStep(evidence(psi))));
    expect(at(0.05, 40).some(({ alarm }) => alarm)).toBe(false);
    expect(at(0.1, 8).findIndex(({ alarm }) => alarm)).toBe(5);
  });

  it('begins anew after an alarm, and a window without evidence leaves it as it is', () => {
    expect(cusum([])).toEqual([]);
    const points = cusum([5, null, 7, 4, 0]);
    expect(points[1]).toEqual({ sum: 4, alarm: false, began: 0 });
    expect(points[3]).toMatchObject({ alarm: true, began: 0 });
    expect(points[4]).toEqual({ sum: 0, alarm: false, began: null });
  });

  it('does not alarm by one window, however far out', () => {
    expect(cusum([1e6, 0, 3, -1, 1e6, -4, 0, 2]).some(({ alarm }) => alarm)).toBe(false);
    expect(cusum([1e6, 1e6]).map(({ alarm }) => alarm)).toEqual([false, true]);
  });

  it('says where the change began: where the sum last left zero', () => {
    expect(cusum([3, 0, -4, 5, null, 8]).map(({ began }) => began)).toEqual([0, 0, null, 3, 3, 3]);
  });
});

describe('alerts over windows', () => {
  const hourMs = 3_600_000;
  const judgement = (effect: number): DriftVerdict => ({
    featureId: 'f',
    test: 'distribution',
    verdict: effect >= 0.1 ? 'drifted' : 'steady',
    effect,
    noiseFloor: 0,
    limit: 0.1,
    severe: false,
    p: 0,
    adjustedP: 0,
    excess: null,
    restsOnIndependence: false,
  });
  /** d drifted, c calm, b between, . not enough data; an hour each. */
  const windows = (text: string): WindowVerdict[] =>
    text.split('').map((one, index) => {
      const effect = { d: 0.3, c: 0.01, b: 0.09 }[one];
      return { endMs: (index + 1) * hourMs, verdict: effect === undefined ? null : judgement(effect) };
    });
  const spans = (text: string, cooldownHours = 0) =>
    alertSpans(windows(text), { ...usualPersistence, cooldownMs: cooldownHours * hourMs }).map((span) => [
      span.openedMs / hourMs,
      span.clearedMs === null ? null : span.clearedMs / hourMs,
    ]);

  it.each([
    ['one drifted window opens none', 'dccdccd', 0, []],
    ['two of three open one', 'dcdcc', 0, [[3, 5]]],
    ['a window without enough data takes its place', 'd..d', 0, []],
    ['a gap of one does not forget', 'd.d', 0, [[3, null]]],
    ['between limit and clear it stays open', 'ddbbbbb', 0, [[2, null]]],
    ['nothing gives nothing', '', 0, []],
    [
      'without a cooldown it opens again at once',
      'ddccdd',
      0,
      [
        [2, 4],
        [6, null],
      ],
    ],
    [
      'within the cooldown it does not, and after it what lasts opens',
      'ddccdddddd',
      5,
      [
        [2, 4],
        [9, null],
      ],
    ],
  ] as const)('%s', (_, text, cooldownHours, expected) => {
    expect(spans(text, cooldownHours)).toEqual(expected);
  });

  it('opens by windows of which none need be drifted alone, once they add up to more than the limit', () => {
    const of = (effect: number, excess: number, count: number) =>
      alertSpans(
        Array.from({ length: count }, (_, index) => {
          const verdict = { verdict: 'steady' as const, effect, limit: 0.1, excess };
          return { endMs: (index + 1) * hourMs, verdict };
        }),
      );
    expect(of(0.2, 4.5, 3)).toEqual([{ driftedMs: hourMs, openedMs: 3 * hourMs, clearedMs: null }]);
    expect(of(0.2, 4.5, 2)).toEqual([]);
    // What is surely more than harmless, but too little to count.
    expect(of(0.09, 4.5, 40)).toEqual([]);
    expect(of(0.2, 1, 400)).toEqual([]);
  });

  it('a replay up to any window opens what the whole replay opened by then', () => {
    const text = 'ddccbd.dddcbccdd..ddcc';
    const whole = spans(text, 2);
    for (let end = 0; end <= text.length; end += 1) {
      const opened = whole.map(([at]) => at).filter((at) => (at ?? 0) <= end);
      expect(spans(text.slice(0, end), 2).map(([at]) => at)).toEqual(opened);
    }
    expect(() => alertSpans([...windows('dd'), ...windows('d')])).toThrow(/ascending/);
  });
});
