import { crossingProbability } from './crossing-probability.ts';
import { type ArmCounts, assertArmCounts, psiGrid } from './e-process.ts';
import { logEMoments } from './log-e-moments.ts';
import { FORECAST_POWER } from './plan-power.ts';

export type DetectableInput = {
  readonly intervals: readonly ArmCounts[];
  readonly alpha: number;
  readonly phi: number;
  readonly psi0?: number;
};

/** The smallest increase that would have been seen with 80 %: as a multiple of stable's share, and as canary's share (0..1). */
export type DetectableIncrease = { readonly factor: number | null; readonly shareCanary: number | null };

type Stratum = { nCanary: number; nStable: number; xStable: number };

/** Intervals with about the same split (half an octave of canary : stable) are computed as one; ones without both arms tell nothing. */
function strataOf(intervals: readonly ArmCounts[]): Stratum[] {
  const strata = new Map<number, Stratum>();
  for (const interval of intervals) {
    assertArmCounts(interval);
    if (interval.nCanary === 0 || interval.nStable === 0) continue;
    const split = Math.round(2 * Math.log2(interval.nCanary / interval.nStable));
    const stratum = strata.get(split) ?? { nCanary: 0, nStable: 0, xStable: 0 };
    stratum.nCanary += interval.nCanary;
    stratum.nStable += interval.nStable;
    stratum.xStable += interval.xStable;
    strata.set(split, stratum);
  }
  return [...strata.values()];
}

type CanaryShare = (stratum: Stratum) => number;

function probability(input: DetectableInput, strata: readonly Stratum[], shareCanaryOf: CanaryShare): number {
  const mean = psiGrid.map(() => 0);
  const variance = psiGrid.map(() => 0);
  for (const stratum of strata) {
    const exposure = {
      nCanary: stratum.nCanary,
      nStable: stratum.nStable,
      shareCanary: Math.min(1, shareCanaryOf(stratum)),
      shareStable: stratum.xStable / stratum.nStable,
    };
    const moments = logEMoments(exposure, psiGrid, input.psi0);
    for (const j of psiGrid.keys()) {
      mean[j] = (mean[j] ?? 0) + (moments.mean[j] ?? 0);
      variance[j] = (variance[j] ?? 0) + (moments.variance[j] ?? 0);
    }
  }
  const start = psiGrid.map(() => 0);
  return crossingProbability({ start, mean, variance }, input, input.intervals.length);
}

const SEARCH_STEPS = 14;

/** Smallest value in (from, to], to 3 digits on a log scale, at which the rising probability reaches 80 %; null when none does. */
function smallestSeen(from: number, to: number, at: (value: number) => number): number | null {
  if (!(to > from) || at(to) < FORECAST_POWER) return null;
  let low = Math.log(from);
  let high = Math.log(to);
  for (let step = 0; step < SEARCH_STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (at(Math.exp(middle)) >= FORECAST_POWER) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

/**
 * The increase that the counts collected so far would have shown with 80 % probability, for the wording of a pass:
 * stable's shares are taken as they were, canary's as a multiple of them. When stable had no bad request there is no
 * multiple (factor null) but still a share. Empty case: too little traffic to see even the worst canary gives nulls.
 * Throws InvalidCountsError. Same approximation and tolerance as powerForecast.
 */
export function detectableIncrease(input: DetectableInput): DetectableIncrease {
  const strata = strataOf(input.intervals);
  const requests = strata.reduce((sum, { nStable }) => sum + nStable, 0);
  const bad = strata.reduce((sum, { xStable }) => sum + xStable, 0);
  if (requests === 0) return { factor: null, shareCanary: null };
  if (bad === 0) {
    const shareCanary = smallestSeen(1e-9, 1, (share) => probability(input, strata, () => share));
    return { factor: null, shareCanary };
  }
  const base = bad / requests;
  const factor = smallestSeen(1, 1 / base, (multiple) =>
    probability(input, strata, ({ nStable, xStable }) => (multiple * xStable) / nStable),
  );
  return { factor, shareCanary: factor === null ? null : factor * base };
}
