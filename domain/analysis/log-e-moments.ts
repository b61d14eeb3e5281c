import { logNormaliser } from './e-process.ts';

/** Expected requests per arm (may be fractional) and each arm's share of bad requests in [0, 1]. */
export type Exposure = {
  readonly nCanary: number;
  readonly nStable: number;
  readonly shareCanary: number;
  readonly shareStable: number;
};

/** Mean and variance (natural log units) of ln E(psi_j), one per psi_j of the grid. */
export type LogEMoments = { readonly mean: readonly number[]; readonly variance: readonly number[] };

/** Below these the three-point rule and the rounding to whole requests would be too coarse; the block is enlarged instead. */
const LEAST_BAD_IN_BLOCK = 40;
const LEAST_REQUESTS_IN_BLOCK = 200;
/** A share of exactly 1 leaves no variance for the three-point rule. */
const LARGEST_SHARE = 0.999;

type Node = { readonly bad: number; readonly weight: number; readonly slope: number };

/** Three whole numbers around the mean whose quadratic interpolation gives E f(bad) and f'(mean) for any smooth f. */
function quadrature(mean: number, variance: number, highest: number): readonly Node[] {
  const reach = Math.max(1, Math.round(Math.sqrt(3 * variance)));
  const middle = Math.min(Math.max(Math.round(mean), reach), Math.max(reach, highest - reach));
  const [low, mid, high] = [middle - reach, middle, middle + reach];
  const node = (bad: number, other: number, another: number): Node => {
    const spacing = (bad - other) * (bad - another);
    return {
      bad,
      weight: (variance + (mean - other) * (mean - another)) / spacing,
      slope: (2 * mean - other - another) / spacing,
    };
  };
  return [node(low, mid, high), node(mid, low, high), node(high, low, mid)];
}

function enlargement(exposure: Exposure, bad: number): number {
  const requests = Math.min(exposure.nCanary, exposure.nStable);
  return Math.max(1, LEAST_BAD_IN_BLOCK / bad, LEAST_REQUESTS_IN_BLOCK / requests);
}

/**
 * Mean and variance of ln E(psi_j) collected over one exposure when both arms' bad requests are independent, by a
 * three-point rule over the number of bad requests and the delta method; ln E adds up over intervals, so a small
 * exposure is computed as part of a larger block. Empty case: no requests in an arm, or no bad ones, gives zeros.
 */
export function logEMoments(exposure: Exposure, grid: readonly number[], psi0 = 1): LogEMoments {
  const pCanary = Math.min(exposure.shareCanary, LARGEST_SHARE);
  const pStable = Math.min(exposure.shareStable, LARGEST_SHARE);
  const expectedBad = exposure.nCanary * pCanary + exposure.nStable * pStable;
  if (!(exposure.nCanary > 0 && exposure.nStable > 0 && expectedBad > 0)) {
    return { mean: grid.map(() => 0), variance: grid.map(() => 0) };
  }
  const scale = enlargement(exposure, expectedBad);
  const nCanary = Math.round(exposure.nCanary * scale);
  const nStable = Math.round(exposure.nStable * scale);
  const varCanary = nCanary * pCanary * (1 - pCanary);
  const varStable = nStable * pStable * (1 - pStable);
  const nodes = quadrature(nCanary * pCanary + nStable * pStable, varCanary + varStable, nCanary + nStable);
  const atNull = nodes.map(({ bad }) => logNormaliser({ nCanary, nStable, bad }, psi0));
  const mean: number[] = [];
  const variance: number[] = [];
  for (const psi of grid) {
    let cost = 0;
    let costSlope = 0;
    for (const [index, { bad, weight, slope }] of nodes.entries()) {
      const value = logNormaliser({ nCanary, nStable, bad }, psi0 * psi) - (atNull[index] ?? 0);
      cost += weight * value;
      costSlope += slope * value;
    }
    const gain = Math.log(psi);
    mean.push((nCanary * pCanary * gain - cost) / scale);
    variance.push((varCanary * (gain - costSlope) ** 2 + varStable * costSlope ** 2) / scale);
  }
  return { mean, variance };
}
