import { pearson } from './homogeneity.ts';

/**
 * How much more windows of one feature and length wobble than independent rows would: rows over phi is what they are
 * worth. `degreesOfFreedom` of the estimate; `windows` left after one per stratum is taken for its mean.
 */
export type Dispersion = {
  readonly phi: number;
  readonly degreesOfFreedom: number;
  readonly windows: number;
};

/** Nothing known of the windows: rows are taken as independent. */
export const independentRows: Dispersion = { phi: 1, degreesOfFreedom: 0, windows: 0 };

/** Below this many windows the rates of a verdict rest on independence, and it has to say so. */
const enoughWindows = 20;

export const restsOnIndependence = ({ windows }: Dispersion): boolean => windows < enoughWindows;

/**
 * Over-dispersion from rows per bin of earlier windows of one length, grouped by what they may differ in by right (hour
 * of week for hours, weekday for days, one group for weeks): Pearson homogeneity within the groups, summed, over its
 * summed degrees of freedom, at least 1. Windows under an alert do not belong in. Empty case: `independentRows`.
 * Source: drift.md §9.2.
 */
export function dispersionOf(strata: readonly (readonly (readonly number[])[])[]): Dispersion {
  let [statistic, degreesOfFreedom, windows] = [0, 0, 0];
  for (const stratum of strata) {
    const found = pearson(stratum);
    statistic += found.statistic;
    degreesOfFreedom += found.degreesOfFreedom;
    windows += Math.max(0, found.windows - 1);
  }
  if (degreesOfFreedom === 0) return { ...independentRows, windows };
  return { phi: Math.max(1, statistic / degreesOfFreedom), degreesOfFreedom, windows };
}

/** Lengths of window for which verdicts are given, shortest first. */
const verdictLengths = ['hour', 'day', 'week'] as const;
export type VerdictLength = (typeof verdictLengths)[number];

/** A window should be worth this many independent rows. */
const leastMedian = 200;

/** The shortest length whose median window is worth 200 independent rows; null when not even a week is. */
export function verdictLength(
  windows: Readonly<Record<VerdictLength, { readonly medianRows: number; readonly phi: number }>>,
): VerdictLength | null {
  return (
    verdictLengths.find((length) => windows[length].medianRows / windows[length].phi >= leastMedian) ?? null
  );
}
