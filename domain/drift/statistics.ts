import type { Binning } from './binning.ts';
import type { Counters } from './counters.ts';
import { jensenShannon, kolmogorovSmirnov, psi, psiAsEvidently, totalVariation } from './divergence.ts';
import { type Homogeneity, homogeneity } from './homogeneity.ts';
import { wassersteinOverDeviation } from './wasserstein.ts';

/** Null where a side has no rows; of unordered categories there is no distance along an axis. */
export type DriftStatistics = {
  readonly psi: number | null;
  readonly psiAsEvidently: number | null;
  readonly jensenShannon: number | null;
  readonly totalVariation: number | null;
  readonly kolmogorovSmirnov: number | null;
  readonly wassersteinOverDeviation: number | null;
  readonly homogeneity: Homogeneity | null;
};

/** Every measure of the distance between two sides of one binning, from their counters alone. */
export function driftStatistics(
  binning: Binning,
  { reference, current }: { readonly reference: Counters; readonly current: Counters },
): DriftStatistics {
  const pair = { reference: reference.counts, current: current.counts };
  const ordered = binning.kind === 'categorical' ? null : binning;
  return {
    psi: psi(pair),
    psiAsEvidently: psiAsEvidently(pair),
    jensenShannon: jensenShannon(pair),
    totalVariation: totalVariation(pair),
    kolmogorovSmirnov: ordered === null ? null : kolmogorovSmirnov(pair),
    wassersteinOverDeviation: ordered === null ? null : wassersteinOverDeviation(ordered, reference, current),
    homogeneity: homogeneity(pair),
  };
}
