import type { ArmCounts } from './e-process.ts';
import type { PodCounts } from './tempering.ts';

/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** Seeded uniform generator (sfc32, Chris Doty-Humphrey, PractRand): the same seed gives the same numbers everywhere; for tests only. */
export function seededRandom(seed: number): Random {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 16; warmUp += 1) next();
  return next;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Marsaglia and Tsang (2000), with their boost for shapes below 1. */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal(random);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Binomial by inversion, in parts of 500 so that (1 - p)^n cannot underflow. */
function binomial(random: Random, n: number, p: number): number {
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  if (n > 500) return binomial(random, 500, p) + binomial(random, n - 500, p);
  if (n === 0 || p <= 0) return 0;
  const odds = p / (1 - p);
  let probability = (1 - p) ** n;
  let left = random() - probability;
  let k = 0;
  while (left >= 0 && k < n) {
    probability *= (odds * (n - k)) / (k + 1);
    k += 1;
    left -= probability;
  }
  return k;
}

/** What one arm of a simulated minute is made of; icc is the intra-class correlation of errors within a pod-minute. */
export type ArmSetting = {
  readonly requests: number;
  readonly pods: number;
  readonly share: number;
  readonly icc: number;
};

/** Requests spread evenly over pods; each pod's error share is drawn from a beta with the given mean and icc (0: the mean itself). */
export function drawPods(random: Random, { requests, pods, share, icc }: ArmSetting): PodCounts[] {
  return Array.from({ length: pods }, (_, pod) => {
    const n = Math.floor(requests / pods) + (pod < requests % pods ? 1 : 0);
    if (icc === 0) return { n, x: binomial(random, n, share) };
    const bad = gamma(random, (share * (1 - icc)) / icc);
    const good = gamma(random, ((1 - share) * (1 - icc)) / icc);
    return { n, x: binomial(random, n, bad / (bad + good)) };
  });
}

function total(pods: readonly PodCounts[]): PodCounts {
  return pods.reduce((sum, { n, x }) => ({ n: sum.n + n, x: sum.x + x }), { n: 0, x: 0 });
}

/** One simulated interval of both arms. */
export function drawInterval(random: Random, canary: ArmSetting, stable: ArmSetting): ArmCounts {
  const c = total(drawPods(random, canary));
  const s = total(drawPods(random, stable));
  return { nCanary: c.n, nStable: s.n, xCanary: c.x, xStable: s.x };
}
