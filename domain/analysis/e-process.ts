import { logChoose } from './log-choose.ts';

/** Integer counts of one interval: requests (n) and requests that count as bad (x: errors, or slower than a bucket boundary) per arm. */
export type ArmCounts = {
  readonly nCanary: number;
  readonly nStable: number;
  readonly xCanary: number;
  readonly xStable: number;
};

const GRID_SIZE = 24;
const GRID_FROM = 1.1;
const GRID_TO = 20;

/**
 * The 24 odds ratios psi_j (canary against stable, no unit), log-spaced in [1.1, 20], that the e-process mixes with
 * equal weights. Source: reference rollouts §3.4 a3.
 */
export const psiGrid: readonly number[] = Array.from(
  { length: GRID_SIZE },
  (_, index) => GRID_FROM * (GRID_TO / GRID_FROM) ** (index / (GRID_SIZE - 1)),
);

/** Counts that can be no one's (negative, not an integer, more bad requests than requests); the message says which. */
export class InvalidCountsError extends RangeError {
  override readonly name = 'InvalidCountsError';
}

function checkArm(arm: string, n: number, x: number): void {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new InvalidCountsError(`The ${arm} request count must be a whole number of at least 0, not ${n}.`);
  }
  if (!Number.isSafeInteger(x) || x < 0) {
    throw new InvalidCountsError(
      `The ${arm} bad-request count must be a whole number of at least 0, not ${x}.`,
    );
  }
  if (x > n) throw new InvalidCountsError(`The ${arm} has ${x} bad requests among only ${n} requests.`);
}

/** Throws InvalidCountsError with one sentence unless all four are whole numbers >= 0 and x <= n in both arms; all zero is valid. */
export function assertArmCounts(counts: ArmCounts): void {
  checkArm('canary', counts.nCanary, counts.xCanary);
  checkArm('stable', counts.nStable, counts.xStable);
}

/** The margins of a 2x2 table: requests per arm and bad requests of both arms together. */
type Margins = { readonly nCanary: number; readonly nStable: number; readonly bad: number };

/** The k with the largest C(nCanary, k) C(nStable, bad - k) psi^k; the root of term(k) = term(k - 1), a quadratic. */
function modeOf({ nCanary, nStable, bad }: Margins, psi: number): number {
  const linear = psi * (nCanary + bad + 2) + nStable - bad;
  const constant = psi * (nCanary + 1) * (bad + 1);
  const root = (2 * constant) / (linear + Math.sqrt(linear * linear - 4 * (psi - 1) * constant));
  return Math.min(Math.max(Math.floor(root), Math.max(0, bad - nStable)), Math.min(nCanary, bad));
}

/** Terms below this share of the sum are left out: they fall geometrically on both sides of the mode. */
const NEGLIGIBLE = 1e-19;

/**
 * ln of C(psi) = sum over k of C(nCanary, k) C(nStable, bad - k) psi^k, the normaliser of Fisher's non-central
 * hypergeometric distribution. Summed outward from its largest term, so that nothing overflows and the cost grows with
 * the square root of the bad requests.
 */
export function logNormaliser(margins: Margins, psi: number): number {
  const { nCanary, nStable, bad } = margins;
  const mode = modeOf(margins, psi);
  const lowest = Math.max(0, bad - nStable);
  const highest = Math.min(nCanary, bad);
  let sum = 1;
  let term = 1;
  for (let k = mode; k < highest && term > NEGLIGIBLE * sum; k += 1) {
    term *= (psi * (nCanary - k) * (bad - k)) / ((k + 1) * (nStable - bad + k + 1));
    sum += term;
  }
  term = 1;
  for (let k = mode; k > lowest && term > NEGLIGIBLE * sum; k -= 1) {
    term *= (k * (nStable - bad + k)) / (psi * (nCanary - k + 1) * (bad - k + 1));
    sum += term;
  }
  return logChoose(nCanary, mode) + logChoose(nStable, bad - mode) + mode * Math.log(psi) + Math.log(sum);
}

/**
 * ln E_i(psi_j) of one interval for every psi_j of the grid: E_i = psi^x C(1) / C(psi) given the interval's margins.
 * Its expectation is 1 when the odds of a bad request are equal in both arms and at most 1 when canary's are lower,
 * whatever the split and the base rate. With a non-inferiority margin psi0 (odds ratio still called "no worse") every
 * psi_j is taken relative to it: psi0 psi_j against psi0, so that all alternatives lie beyond the margin.
 * Empty case: no bad request, or one arm without requests, gives zeros. Throws InvalidCountsError.
 * Source: reference rollouts §3.4 a3 (Turner, Ly, Grunwald, arXiv:2106.02693; Lindon and Malek, NeurIPS 2022).
 */
export function intervalLogE(counts: ArmCounts, grid: readonly number[], psi0 = 1): number[] {
  assertArmCounts(counts);
  if (!(psi0 > 0 && Number.isFinite(psi0)))
    throw new RangeError(`The margin psi0 must be a positive number, not ${psi0}.`);
  const bad = counts.xCanary + counts.xStable;
  if (bad === 0 || counts.nCanary === 0 || counts.nStable === 0) return grid.map(() => 0);
  const margins = { nCanary: counts.nCanary, nStable: counts.nStable, bad };
  const atNull = logNormaliser(margins, psi0);
  return grid.map((psi) => counts.xCanary * Math.log(psi) + atNull - logNormaliser(margins, psi0 * psi));
}

/**
 * Sum over intervals of the stored ln E_i(psi_j), psi_j by psi_j, in the order given; no interval gives zeros.
 * Throws RangeError when an interval was stored for a grid of another size.
 */
export function sumIntervals(intervals: Iterable<readonly number[]>, gridSize = psiGrid.length): number[] {
  const sums = Array.from({ length: gridSize }, () => 0);
  for (const logE of intervals) {
    if (logE.length !== gridSize) {
      throw new RangeError(`An interval holds ${logE.length} values of ln E where the grid has ${gridSize}.`);
    }
    for (const [index, value] of logE.entries()) sums[index] = (sums[index] ?? 0) + value;
  }
  return sums;
}

/**
 * ln E_t = ln of the equally weighted mean over j of exp(sum_j / phi): reject "canary no worse" at ln E_t >= ln(1/alpha).
 * phi >= 1 tempers for errors clustered by pod (§3.4 a4) and keeps an e-value an e-value (Jensen). With no interval yet
 * (all sums 0) it is 0, that is E = 1. Throws RangeError for an empty grid or phi < 1.
 */
export function combinedLogE(sumOfLogE: readonly number[], phi: number): number {
  if (sumOfLogE.length === 0) throw new RangeError('There is no ln E to combine: the grid is empty.');
  if (!(phi >= 1 && Number.isFinite(phi)))
    throw new RangeError(`The dispersion phi must be at least 1, not ${phi}.`);
  const largest = Math.max(...sumOfLogE);
  let sum = 0;
  for (const value of sumOfLogE) sum += Math.exp((value - largest) / phi);
  return largest / phi + Math.log(sum / sumOfLogE.length);
}
