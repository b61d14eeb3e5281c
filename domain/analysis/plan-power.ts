import { crossingProbability } from './crossing-probability.ts';
import { psiGrid } from './e-process.ts';
import { type LogEMoments, logEMoments } from './log-e-moments.ts';

/** One step of a plan: the canary's weight and the least time it is held. A step of 100 % leaves nothing to compare with. */
export type ForecastStep = { readonly weightPercent: number; readonly minimumMs: number };

export type ForecastInput = {
  /** Stable's share of bad requests, 0..1. */
  readonly baseShare: number;
  /** Of the whole service. */
  readonly requestsPerSecond: number;
  readonly steps: readonly ForecastStep[];
  readonly intervalMs: number;
  /** Of this one check (the rollout's alpha split over its relative checks). */
  readonly alpha: number;
  readonly phi: number;
  /** How many times stable's share the canary is assumed to have; 2 unless given. */
  readonly increase?: number;
  /** Non-inferiority margin, an odds ratio; 1 unless given. */
  readonly psi0?: number;
  /** Sums of ln E(psi_j) already collected, to ask "how much longer"; zeros unless given. */
  readonly startingSums?: readonly number[];
};

/** The probability that "would have been seen" stands for. */
export const FORECAST_POWER = 0.8;
/** Nothing is forecast farther ahead. */
export const LONGEST_MS = 30 * 24 * 3600 * 1000;

/** Moments of ln E per interval at a weight, computed once per weight. */
export type Pace = (weightPercent: number) => LogEMoments;

/** The pace of a service at the assumed increase. */
export function paceOf(input: ForecastInput): Pace {
  const known = new Map<number, LogEMoments>();
  return (weightPercent) => {
    const requests = (input.requestsPerSecond * input.intervalMs) / 1000;
    const exposure = {
      nCanary: (requests * weightPercent) / 100,
      nStable: requests * (1 - weightPercent / 100),
      shareCanary: Math.min(1, input.baseShare * (input.increase ?? 2)),
      shareStable: input.baseShare,
    };
    const moments = known.get(weightPercent) ?? logEMoments(exposure, psiGrid, input.psi0);
    known.set(weightPercent, moments);
    return moments;
  };
}

/** Probability in [0, 1] that E has crossed 1/alpha once the given steps (all below 100 %) have run; no step gives that of the starting sums. */
export function probabilityAfter(input: ForecastInput, pace: Pace, steps: readonly ForecastStep[]): number {
  const mean = psiGrid.map(() => 0);
  const variance = psiGrid.map(() => 0);
  let looks = 0;
  for (const step of steps) {
    const intervals = step.minimumMs / input.intervalMs;
    const moments = pace(step.weightPercent);
    for (const j of psiGrid.keys()) {
      mean[j] = (mean[j] ?? 0) + intervals * (moments.mean[j] ?? 0);
      variance[j] = (variance[j] ?? 0) + intervals * (moments.variance[j] ?? 0);
    }
    looks += intervals;
  }
  const start = input.startingSums ?? psiGrid.map(() => 0);
  return crossingProbability({ start, mean, variance }, input, looks);
}

/** Smallest whole number in [1, most] for which the rising condition holds, or null. */
export function smallest(most: number, holds: (value: number) => boolean): number | null {
  let high = 1;
  while (high < most && !holds(high)) high = Math.min(most, high * 2);
  if (most < 1 || !holds(high)) return null;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
