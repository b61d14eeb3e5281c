import { describe, expect, test } from 'vitest';
import { prepareChecks, type Result, verdictWord } from './prepare-checks.ts';
import { eText, logMeter, railMeter } from './prepare-meter.ts';
import { after, rolloutDetail } from './rollout-fixture.test-support.ts';

function result(checkId: string, verdict: Result['verdict']): Result {
  return {
    checkId,
    kind: 'eProcess',
    verdict,
    sentence: `${checkId} ${verdict}`,
    figures: {
      nCanary: 10,
      nStable: 90,
      xCanary: 1,
      xStable: 2,
      logE: 0.5,
      logLimit: Math.log(40),
      value: null,
      limit: null,
      missingSamples: 0,
      detectableFactor: 2,
      canaryPodCount: 2,
    },
  };
}

describe('the checks of a rollout', () => {
  test('are those of the plan, in its order, without verdicts until something was judged', () => {
    const checks = prepareChecks(rolloutDetail());
    expect(checks.map(({ check, result: found }) => [check.id, found])).toEqual([
      ['error-rail', null],
      ['errors', null],
      ['slow', null],
    ]);
  });

  test('of a first revision are rails only', () => {
    expect(prepareChecks(rolloutDetail({ from: null })).map(({ check }) => check.kind)).toEqual([
      'threshold',
    ]);
  });

  test('fall back to the newest stored verdict when the status has none', () => {
    const stored = (step: number, verdict: Result['verdict']) => ({
      step,
      checkId: 'errors',
      verdict,
      evidence: result('errors', verdict),
      at: after(step),
    });
    const checks = prepareChecks(rolloutDetail({ checkResults: [stored(1, 'fail'), stored(0, 'pass')] }));
    expect(checks[1]).toMatchObject({ step: 1, result: { verdict: 'fail' } });
  });

  test('ignore stored evidence that is no result', () => {
    const broken = { step: 0, checkId: 'errors', verdict: 'pass' as const, evidence: { n: 1 }, at: after(0) };
    expect(prepareChecks(rolloutDetail({ checkResults: [broken] }))[1]?.result).toBeNull();
  });

  test('that pass never claim more than that no harm was seen', () => {
    expect(verdictWord('eProcess', 'pass').label).toBe('No harm seen');
    expect(verdictWord('threshold', 'pass').label).toBe('Rail kept');
  });
});

describe('the e-value meter', () => {
  const limit = Math.log(40);

  test('stands at the origin for e = 1 and at the limit for e = 1/alpha', () => {
    const nothing = logMeter(0, limit);
    expect(nothing.from).toBeCloseTo(100 / 3);
    expect(nothing.to).toBeCloseTo(100 / 3);
    expect(nothing.isOver).toBe(false);
    const reached = logMeter(limit, limit);
    expect(reached.to).toBeCloseTo(90);
    expect(reached.isOver).toBe(true);
  });

  test('never leaves its width', () => {
    for (const logE of [-1e9, -1, 0, 1, 1e9]) {
      const { from, to } = logMeter(logE, limit);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(100);
      expect(from).toBeLessThanOrEqual(to);
    }
  });

  test('writes e-values that exp cannot hold as powers of ten', () => {
    expect(eText(0)).toBe('1');
    expect(eText(Math.log(40))).toBe('40');
    expect(eText(Math.log(22_560))).toBe('22,560');
    expect(eText(1_000 * Math.LN10)).toBe('1.0 × 10¹⁰⁰⁰');
    expect(eText(-9 * Math.LN10)).toBe('1.0 × 10⁻⁹');
  });

  test('a rail breaks above its limit, not at it', () => {
    expect(railMeter(0.05, 0.05).isOver).toBe(false);
    expect(railMeter(0.051, 0.05).isOver).toBe(true);
    expect(railMeter(1, 0).to).toBeGreaterThan(0);
  });
});
