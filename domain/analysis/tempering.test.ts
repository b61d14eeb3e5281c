import { describe, expect, test } from 'vitest';
import { InvalidCountsError } from './e-process.ts';
import { drawPods, seededRandom } from './simulated-counts.ts';
import { dispersion, dispersionForPods, type PodCounts } from './tempering.ts';

const SEED = 20261124;
const uneven: PodCounts[] = [
  { n: 100, x: 2 },
  { n: 100, x: 4 },
  { n: 200, x: 14 },
];
/** By hand: p = 20/400 = .05; (2-5)^2/4.75 + (4-5)^2/4.75 + (14-10)^2/9.5. */
const UNEVEN_X2 = 9 / 4.75 + 1 / 4.75 + 16 / 9.5;

describe('dispersion', () => {
  test("is Pearson's X2 over its degrees of freedom, summed over intervals", () => {
    const found = dispersion(Array.from({ length: 30 }, () => uneven));
    expect(found.phi).toBeCloseTo(UNEVEN_X2 / 2, 12);
    expect(found).toMatchObject({ backedByHistory: true, df: 60 });
  });

  test('is never below 1, however even the pods', () => {
    const even = [1, 2, 3].map(() => ({ n: 100, x: 3 }));
    expect(dispersion(Array.from({ length: 40 }, () => even))).toEqual({
      phi: 1,
      backedByHistory: true,
      df: 80,
    });
  });

  test('without history, with 29 usable intervals or with two pods it is 2 and says that nothing backs it', () => {
    expect(dispersion([])).toEqual({ phi: 2, backedByHistory: false, df: 0 });
    expect(dispersion(Array.from({ length: 29 }, () => uneven))).toMatchObject({
      phi: 2,
      backedByHistory: false,
    });
    const twoPods = Array.from({ length: 100 }, () => uneven.slice(0, 2));
    expect(dispersion(twoPods)).toEqual({ phi: 2, backedByHistory: false, df: 0 });
  });

  test('intervals without a bad request, with only bad ones, and pods without traffic say nothing', () => {
    const silent = uneven.map(({ n }) => ({ n, x: 0 }));
    const broken = uneven.map(({ n }) => ({ n, x: n }));
    const withIdlePod = [...uneven, { n: 0, x: 0 }];
    const found = dispersion([...Array.from({ length: 30 }, () => withIdlePod), silent, broken]);
    expect(found.phi).toBeCloseTo(UNEVEN_X2 / 2, 12);
    expect(found.df).toBe(60);
  });

  test('counts that cannot be are refused', () => {
    expect(() => dispersion([[{ n: 3, x: 4 }]])).toThrow(InvalidCountsError);
  });

  /** Published for 10 rps, 1 %, 4 stable pods (reference §3.4 a4); 6 days are drawn, whose mean phi varies by about 2 %. */
  test.each([
    [0, 1.0],
    [0.005, 1.6],
    [0.02, 2.8],
    [0.05, 4.7],
    [0.1, 7.3],
  ])(
    `at intra-class correlation %d it meets the published phi %d within 6 %% (seed ${SEED})`,
    (icc, published) => {
      const random = seededRandom(SEED);
      const setting = { requests: 600, pods: 4, share: 0.01, icc };
      const day = () => dispersion(Array.from({ length: 1440 }, () => drawPods(random, setting))).phi;
      const phi = Array.from({ length: 6 }, day).reduce((sum, value) => sum + value / 6, 0);
      expect(Math.abs(phi / published - 1)).toBeLessThan(0.06);
    },
  );
});

describe('dispersion for the pods of the rollout', () => {
  test('grows for a canary on fewer pods, leaves independent errors alone and never shrinks', () => {
    expect(dispersionForPods(7, { canary: 1, stable: 10 })).toBeCloseTo(1 + 6 * 2.75, 12);
    expect(dispersionForPods(7, { canary: 1, stable: 4 })).toBeCloseTo(1 + 6 * 1.25, 12);
    expect(dispersionForPods(7, { canary: 4, stable: 4 })).toBe(7);
    expect(dispersionForPods(1, { canary: 1, stable: 50 })).toBe(1);
    expect(() => dispersionForPods(2, { canary: 0, stable: 4 })).toThrow(RangeError);
  });
});
