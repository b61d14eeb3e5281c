import { assertArmCounts } from './e-process.ts';

/** Requests (n) and bad requests (x) of one stable pod in one interval, as integers. */
export type PodCounts = { readonly n: number; readonly x: number };

/** phi (no unit, >= 1), whether stable's own history backs it, and the degrees of freedom it rests on. */
export type Dispersion = { readonly phi: number; readonly backedByHistory: boolean; readonly df: number };

/** Fewer pods cannot show how unevenly errors fall on pods. */
const MINIMUM_STABLE_PODS = 3;
/** Fewer intervals with a bad request give no usable estimate. */
const MINIMUM_USABLE_INTERVALS = 30;
/** What is assumed without a usable history; the page then says that the stated rate is not backed by history. */
const PHI_WITHOUT_HISTORY = 2;

/** Pearson's X2 and df of one interval, or null where it says nothing: under 3 pods with traffic, no bad request, or only bad ones. */
function homogeneity(pods: readonly PodCounts[]): { x2: number; df: number } | null {
  let requests = 0;
  let bad = 0;
  let withTraffic = 0;
  for (const { n, x } of pods) {
    assertArmCounts({ nCanary: 0, xCanary: 0, nStable: n, xStable: x });
    requests += n;
    bad += x;
    if (n > 0) withTraffic += 1;
  }
  if (withTraffic < MINIMUM_STABLE_PODS || bad === 0 || bad === requests) return null;
  const share = bad / requests;
  let x2 = 0;
  for (const { n, x } of pods) {
    if (n > 0) x2 += (x - n * share) ** 2 / (n * share * (1 - share));
  }
  return { x2, df: withTraffic - 1 };
}

/**
 * How much more unevenly bad requests fall on stable's pods than independent ones would: phi = max(1, X2 / df), Pearson
 * homogeneity per interval summed over intervals with at least one bad request, df = sum of (pods with traffic - 1).
 * Give it stable's last 24 h at the rollout's interval length, before the rollout starts, and store the answer with it.
 * Empty case: fewer than 30 usable intervals (usable needs 3 pods) gives phi = 2, not backed by history.
 * Throws InvalidCountsError. Source: reference rollouts §3.4 a4.
 */
export function dispersion(intervals: Iterable<readonly PodCounts[]>): Dispersion {
  let x2 = 0;
  let df = 0;
  let usable = 0;
  for (const pods of intervals) {
    const interval = homogeneity(pods);
    if (interval === null) continue;
    x2 += interval.x2;
    df += interval.df;
    usable += 1;
  }
  if (usable < MINIMUM_USABLE_INTERVALS) return { phi: PHI_WITHOUT_HISTORY, backedByHistory: false, df };
  return { phi: Math.max(1, x2 / df), backedByHistory: true, df };
}

/** Pods that share each arm's traffic. */
export type PodCount = { readonly canary: number; readonly stable: number };

/**
 * phi for a canary on fewer pods than stable: the history shows errors clustering within 1/stable of the traffic, but a
 * canary at 50 % puts 1/(2 canary) on one pod. Under a beta-binomial model the excess phi - 1 then grows by
 * (stable/canary + 1)/4, at 50 % (the worst weight below it); never lowered. An addition to §3.4 a4, which alone gave
 * 13 % false alarms with one canary pod beside 10 stable ones at an intra-class correlation of .1 (its test).
 * Throws RangeError unless both pod counts are at least 1.
 */
export function dispersionForPods(phi: number, { canary, stable }: PodCount): number {
  if (!(canary >= 1 && stable >= 1)) throw new RangeError('Both arms need at least one pod.');
  return 1 + (phi - 1) * Math.max(1, (stable / canary + 1) / 4);
}
