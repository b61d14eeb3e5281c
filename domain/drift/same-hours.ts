import type { Binning } from './binning.ts';
import { addCounters, type Counters, noRows } from './counters.ts';
import { type Dispersion, dispersionOf } from './dispersion.ts';
import { type DriftTest, shareOf, testsOf } from './drift-tests.ts';
import { stratumOf, type WindowClock } from './window-clock.ts';

/** Rows of one feature that were counted in one window, which began at `fromMs`. */
export type CountedWindow = { readonly fromMs: number; readonly counters: Counters };

/** Counters of all windows together. Empty case: no windows give `noRows`. */
export function sumWindows(binning: Binning, windows: readonly CountedWindow[]): Counters {
  const [first, ...others] = windows;
  if (first === undefined) return noRows(binning);
  return others.reduce((sum, { counters }) => addCounters(sum, counters), first.counters);
}

function rowsOfTest(test: DriftTest, counters: Counters): readonly number[] {
  if (test === 'distribution') return counters.counts;
  const { part, whole } = shareOf(test, counters);
  return [part, whole - part];
}

/**
 * Over-dispersion of every test of a feature from its earlier windows of one length (those of `dispersionSpan`, less
 * the ones under an alert): within the strata of the clock. Empty case: rows are taken as independent.
 */
export function dispersionsOf(
  binning: Binning,
  windows: readonly CountedWindow[],
  clock: WindowClock,
): Partial<Record<DriftTest, Dispersion>> {
  const strata = new Map<number, Counters[]>();
  for (const { fromMs, counters } of windows) {
    const stratum = stratumOf(clock, fromMs);
    const known = strata.get(stratum);
    if (known === undefined) strata.set(stratum, [counters]);
    else known.push(counters);
  }
  const found: Partial<Record<DriftTest, Dispersion>> = {};
  for (const test of testsOf(binning)) {
    found[test] = dispersionOf([...strata.values()].map((all) => all.map((one) => rowsOfTest(test, one))));
  }
  return found;
}
