import type { Binning } from './binning.ts';
import { allRows, binnedRows, type Counters } from './counters.ts';
import type { ShareCounts } from './homogeneity.ts';

/** What is judged of a feature, each for itself; `unreadable` are values not finite or of another type. */
export const driftTests = ['distribution', 'null', 'unreadable', 'new', 'range'] as const;
export type DriftTest = (typeof driftTests)[number];

/** The tests that make sense for a binning: only intervals have a range, only known values can be new. */
export function testsOf(binning: Binning): DriftTest[] {
  return driftTests.filter((test) => {
    if (test === 'range') return binning.kind === 'numeric';
    if (test !== 'new') return true;
    return binning.kind === 'ordered' || (binning.kind === 'categorical' && binning.tail !== 'open');
  });
}

/** The rows that a share test is about, of the rows that could be. */
export function shareOf(test: Exclude<DriftTest, 'distribution'>, counters: Counters): ShareCounts {
  const { apart } = counters;
  switch (test) {
    case 'null':
      return { part: apart.null, whole: allRows(counters) };
    case 'unreadable':
      return { part: apart.notFinite + apart.otherType, whole: allRows(counters) - apart.null };
    case 'new':
      return { part: apart.new, whole: binnedRows(counters) + apart.new };
    case 'range':
      return { part: apart.below + apart.above, whole: binnedRows(counters) };
  }
}
