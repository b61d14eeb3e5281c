import { describe, expect, test } from 'vitest';
import { normalCdf } from './crossing-probability.ts';
import { type DetectableInput, detectableIncrease } from './detectable-increase.ts';
import { type ArmCounts, combinedLogE, intervalLogE, psiGrid } from './e-process.ts';
import { logEMoments } from './log-e-moments.ts';
import type { ForecastInput } from './plan-power.ts';
import { powerForecast } from './power-forecast.ts';
import { drawInterval, seededRandom } from './simulated-counts.ts';
import { measure, phiOfOneDay } from './simulated-rollout.ts';

const SEED = 20261124;
const MINUTE = 60_000;
/** 300 runs: one standard error of a share near 80 % is 2.3 points. */
const RUNS = 300;

type Scene = {
  p: number;
  rps: number;
  weights: number[];
  minutes: number;
  increase: number;
  phi: number;
  alpha: number;
};
const plain: Scene = {
  p: 0.01,
  rps: 10,
  weights: [5, 10, 25, 50],
  minutes: 15,
  increase: 2,
  phi: 1,
  alpha: 0.05,
};

function inputOf(scene: Scene): ForecastInput {
  const steps = scene.weights.map((weightPercent) => ({ weightPercent, minimumMs: scene.minutes * MINUTE }));
  return {
    baseShare: scene.p,
    requestsPerSecond: scene.rps,
    steps: [...steps, { weightPercent: 100, minimumMs: 0 }],
    intervalMs: MINUTE,
    alpha: scene.alpha,
    phi: scene.phi,
    increase: scene.increase,
  };
}

function crossingLook(
  counts: (look: number) => ArmCounts,
  input: ForecastInput | DetectableInput,
  most: number,
) {
  const sums = psiGrid.map(() => 0);
  for (let look = 1; look <= most; look += 1) {
    for (const [j, value] of intervalLogE(counts(look), psiGrid).entries()) sums[j] = (sums[j] ?? 0) + value;
    const barrier = -Math.log(input.alpha);
    if (Math.max(...sums) / input.phi >= barrier && combinedLogE(sums, input.phi) >= barrier) return look;
  }
  return Number.POSITIVE_INFINITY;
}

/** Crossing looks of simulated rollouts whose last step is held on. */
function simulated(scene: Scene): number[] {
  const random = seededRandom(SEED);
  const arm = { pods: 1, icc: 0 };
  const requests = scene.rps * 60;
  const counts = (look: number) => {
    const step = Math.min(scene.weights.length - 1, Math.floor((look - 1) / scene.minutes));
    const expected = (requests * (scene.weights[step] ?? 0)) / 100;
    const canary = Math.floor(expected) + (random() < expected % 1 ? 1 : 0);
    return drawInterval(
      random,
      { ...arm, requests: canary, share: Math.min(1, scene.p * scene.increase) },
      { ...arm, requests: requests - canary, share: scene.p },
    );
  };
  const looks = Array.from({ length: RUNS }, () => crossingLook(counts, inputOf(scene), 2000));
  return looks.sort((a, b) => a - b);
}

describe(`power forecast (seed ${SEED})`, () => {
  test.each([
    plain,
    { ...plain, increase: 3 },
    { ...plain, increase: 1.5 },
    { ...plain, weights: [5, 25, 50], minutes: 10, phi: 1.3, alpha: 0.025 },
    { ...plain, weights: [5], minutes: 60 },
    { ...plain, p: 0.001, rps: 50, weights: [5, 25, 50], minutes: 10 },
    { ...plain, p: 0.05, rps: 100, weights: [5, 25, 50], minutes: 10 },
    { ...plain, p: 0.2, rps: 5, weights: [10, 50], minutes: 10 },
    { ...plain, rps: 0.5, weights: [10, 50], minutes: 60, increase: 5 },
    { ...plain, rps: 0.2, weights: [5, 25, 50] },
  ])('80 % time within 15 % or 2 looks, probability within 8 points of simulation: %o', (scene) => {
    const forecast = powerForecast(inputOf(scene));
    const looks = simulated(scene);
    const at80 = looks[Math.ceil(0.8 * RUNS) - 1] ?? Number.NaN;
    const planLooks = forecast.planMs / MINUTE;
    const share = looks.filter((look) => look <= planLooks).length / RUNS;
    const minutes = (forecast.detectMs ?? Number.NaN) / MINUTE;
    console.info(
      `forecast ${minutes} min, simulated ${at80}; by plan end ${forecast.probabilityByPlanEnd.toFixed(2)}, simulated ${share.toFixed(2)} (seed ${SEED})`,
    );
    expect(Math.abs(minutes - at80)).toBeLessThanOrEqual(Math.max(2, 0.15 * at80));
    expect(Math.abs(forecast.probabilityByPlanEnd - share)).toBeLessThan(0.08);
  });

  test.each([
    { icc: 0.02, increase: 2 },
    { icc: 0.1, increase: 2 },
    { icc: 0.1, increase: 3 },
  ])(
    'errors clustered by pod: probability at most 5 points too hopeful and 12 too cautious at %o',
    ({ icc, increase }) => {
      const phi = phiOfOneDay(seededRandom(SEED), icc, 4);
      const pods = { canaryPods: 2, stablePods: 4, drift: 'none' } as const;
      const found = measure(seededRandom(SEED), { icc, increase, weights: plain.weights, phi, ...pods }, 700);
      const forecast = powerForecast(inputOf({ ...plain, increase, phi }));
      console.info(
        `icc ${icc}, x${increase}: forecast ${forecast.probabilityByPlanEnd.toFixed(2)}, simulated ${found.share.toFixed(2)} (seed ${SEED})`,
      );
      expect(forecast.probabilityByPlanEnd - found.share).toBeLessThan(0.05);
      expect(found.share - forecast.probabilityByPlanEnd).toBeLessThan(0.12);
    },
  );

  test('a plan that is long enough needs no suggestion', () => {
    expect(powerForecast(inputOf(plain))).toMatchObject({
      withinPlan: true,
      suggestions: [],
      impossible: null,
      planMs: 60 * MINUTE,
    });
  });

  test('a plan that is too short gets a longer step and a larger weight, each just enough', () => {
    const input = inputOf({ ...plain, weights: [5, 10], minutes: 20 });
    const forecast = powerForecast(input);
    expect(forecast.withinPlan).toBe(false);
    expect(forecast.suggestions.map(({ kind }) => kind)).toEqual(['longerStep', 'largerWeight']);
    for (const suggestion of forecast.suggestions) {
      const changed = (less: number) =>
        input.steps.map((step, index) => {
          if (index !== suggestion.stepIndex) return step;
          if (suggestion.kind === 'longerStep')
            return { ...step, minimumMs: suggestion.minimumMs - less * MINUTE };
          return { ...step, weightPercent: suggestion.weightPercent - less };
        });
      expect(powerForecast({ ...input, steps: changed(0) }).withinPlan).toBe(true);
      expect(powerForecast({ ...input, steps: changed(1) }).withinPlan).toBe(false);
    }
  });

  test('a suggested weight stays below the next step and at most 50 %', () => {
    const forecast = powerForecast(inputOf({ ...plain, increase: 1.5, minutes: 5 }));
    expect(forecast.withinPlan).toBe(false);
    expect(forecast.suggestions.map(({ kind }) => kind)).toEqual(['longerStep']);
  });

  test('0.2 requests per second honestly takes more than ten hours to see a doubling', () => {
    const forecast = powerForecast(inputOf({ ...plain, rps: 0.2 }));
    expect(forecast.withinPlan).toBe(false);
    expect(forecast.detectMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(600 * MINUTE);
  });

  test('what was already collected shortens the rest, and a crossed barrier needs no more', () => {
    const fresh = powerForecast(inputOf({ ...plain, weights: [5] })).detectMs ?? Number.NaN;
    const half = psiGrid.map((psi) => (psi < 3 ? 1.5 : -1));
    const later =
      powerForecast({ ...inputOf({ ...plain, weights: [5] }), startingSums: half }).detectMs ?? Number.NaN;
    expect(later).toBeLessThan(fresh);
    const crossed = powerForecast({ ...inputOf(plain), startingSums: psiGrid.map(() => 4) });
    expect(crossed.probabilityByPlanEnd).toBe(1);
  });

  test('no traffic, no bad requests and no step below 100 % are named', () => {
    expect(powerForecast({ ...inputOf(plain), requestsPerSecond: 0 }).impossible).toBe('noTraffic');
    expect(powerForecast({ ...inputOf(plain), baseShare: 0 }).impossible).toBe('noBadRequests');
    const straight = powerForecast({ ...inputOf(plain), steps: [{ weightPercent: 100, minimumMs: MINUTE }] });
    expect(straight).toMatchObject({
      impossible: 'noComparableStep',
      detectMs: null,
      suggestions: [],
      planMs: 0,
    });
    expect(() => powerForecast({ ...inputOf(plain), intervalMs: 0 })).toThrow(RangeError);
    expect(() => powerForecast({ ...inputOf(plain), alpha: 1 })).toThrow(RangeError);
    expect(() => powerForecast({ ...inputOf(plain), phi: 0.5 })).toThrow(RangeError);
  });

  test('more traffic, a larger increase and independent errors never take longer', () => {
    const time = (scene: Partial<Scene>) =>
      powerForecast(inputOf({ ...plain, ...scene })).detectMs ?? Number.NaN;
    expect(time({ rps: 20 })).toBeLessThan(time({}));
    expect(time({ increase: 4 })).toBeLessThan(time({}));
    expect(time({ phi: 3 })).toBeGreaterThan(time({}));
  });

  test('a form can afford it: under 50 ms with both suggestions', () => {
    const input = inputOf({ ...plain, weights: [2, 5, 10, 15, 20, 25], minutes: 5, rps: 3 });
    const times = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      expect(powerForecast(input).suggestions.length).toBeGreaterThan(0);
      return performance.now() - startedAt;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

describe('detectable increase', () => {
  const interval: ArmCounts = { nCanary: 60, nStable: 540, xCanary: 1, xStable: 6 };

  test.each([30, 120])(
    'a canary that much worse is failed by 80 % +- 8 points of simulated rollouts of %d looks',
    (looks) => {
      const input = { intervals: Array.from({ length: looks }, () => interval), alpha: 0.05, phi: 1 };
      const found = detectableIncrease(input);
      const random = seededRandom(SEED);
      const base = 6 / 540;
      const arm = { pods: 1, icc: 0 };
      const counts = () =>
        drawInterval(
          random,
          { ...arm, requests: 60, share: base * (found.factor ?? Number.NaN) },
          { ...arm, requests: 540, share: base },
        );
      const seen = Array.from({ length: RUNS }, () => crossingLook(counts, input, looks)).filter(
        Number.isFinite,
      );
      console.info(
        `x${found.factor?.toFixed(2)} after ${looks} looks: seen by ${seen.length} of ${RUNS} (seed ${SEED})`,
      );
      expect(Math.abs(seen.length / RUNS - 0.8)).toBeLessThan(0.08);
      expect(found.shareCanary).toBeCloseTo(base * (found.factor ?? Number.NaN), 12);
    },
  );

  test('shrinks as counts come in and grows with clustering', () => {
    const factor = (looks: number, phi = 1) =>
      detectableIncrease({ intervals: Array.from({ length: looks }, () => interval), alpha: 0.05, phi })
        .factor ?? Number.NaN;
    expect(factor(60)).toBeLessThan(factor(20));
    expect(factor(60, 4)).toBeGreaterThan(factor(60));
    expect(factor(60)).toBeGreaterThan(1);
  });

  test('without bad requests in stable there is no multiple, but a share', () => {
    const clean = { nCanary: 60, nStable: 540, xCanary: 0, xStable: 0 };
    const found = detectableIncrease({
      intervals: Array.from({ length: 30 }, () => clean),
      alpha: 0.05,
      phi: 1,
    });
    expect(found.factor).toBeNull();
    expect(found.shareCanary).toBeGreaterThan(0.0005);
    expect(found.shareCanary).toBeLessThan(0.02);
  });

  test('with too little traffic, or none, nothing would have been seen', () => {
    const none = { factor: null, shareCanary: null };
    expect(detectableIncrease({ intervals: [], alpha: 0.05, phi: 1 })).toEqual(none);
    const tiny = { nCanary: 1, nStable: 5, xCanary: 0, xStable: 4 };
    expect(detectableIncrease({ intervals: [tiny], alpha: 0.05, phi: 1 })).toEqual(none);
  });

  test('is quick: 240 intervals over four weights under 50 ms', () => {
    const intervals = [5, 10, 25, 50].flatMap((weight) =>
      Array.from({ length: 60 }, (_, minute) => ({
        nCanary: 6 * weight + (minute % 5),
        nStable: 600 - 6 * weight,
        xCanary: minute % 3,
        xStable: 6,
      })),
    );
    const times = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      detectableIncrease({ intervals, alpha: 0.05, phi: 2 });
      return performance.now() - startedAt;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

describe('building blocks', () => {
  test('the moments of ln E agree with 4000 simulated intervals within 5 % of a standard deviation', () => {
    const setting = { nCanary: 60, nStable: 540, shareCanary: 0.02, shareStable: 0.01 };
    const moments = logEMoments(setting, psiGrid);
    const random = seededRandom(SEED);
    const arm = { pods: 1, icc: 0 };
    const drawn = Array.from({ length: 4000 }, () =>
      intervalLogE(
        drawInterval(random, { ...arm, requests: 60, share: 0.02 }, { ...arm, requests: 540, share: 0.01 }),
        psiGrid,
      ),
    );
    for (const j of psiGrid.keys()) {
      const values = drawn.map((one) => one[j] ?? Number.NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(Math.abs(mean - (moments.mean[j] ?? Number.NaN))).toBeLessThan(0.05 * Math.sqrt(variance));
      expect(Math.abs(variance / (moments.variance[j] ?? Number.NaN) - 1)).toBeLessThan(0.1);
    }
  });

  test.each([
    [0, 0.5],
    [1.6448536269514722, 0.95],
    [-1.959963984540054, 0.025],
    [-5, 2.866515718791939e-7],
  ])('the normal distribution function at %d is %d', (y, expected) => {
    expect(Math.abs(normalCdf(y) / expected - 1)).toBeLessThan(1e-6);
  });
});
