import type { FailedExpectation } from './validation.ts';

/** A suite whose last run failed, or has failed and not yet succeeded often enough. */
export type FailingSuite = {
  readonly suite: string;
  readonly evaluated: number;
  readonly failed: number;
  readonly failing: FailedExpectation[];
  /** Of the first run that failed, and of the last one that was looked at. */
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Runs in a row that have succeeded since. */
  readonly calm: number;
};

/** One run that fails opens; so many that succeed one after the other close. */
const calmRuns = 2;

export type JudgedRun = Omit<FailingSuite, 'sinceMs' | 'lastMs' | 'calm'> & { readonly ranMs: number };

/**
 * The suites that fail after one more run. What was run before a suite's last run changes nothing; between a failure and
 * its end lies hysteresis, so that a suite that is right every other time stays one alert.
 */
export function afterRun(
  suites: readonly FailingSuite[],
  { ranMs, ...run }: JudgedRun,
): readonly FailingSuite[] {
  const before = suites.find(({ suite }) => suite === run.suite);
  if (before !== undefined && ranMs <= before.lastMs) return suites;
  const others = suites.filter(({ suite }) => suite !== run.suite);
  if (run.failed > 0)
    return [...others, { ...run, sinceMs: before?.sinceMs ?? ranMs, lastMs: ranMs, calm: 0 }];
  if (before === undefined) return suites;
  const calm = before.calm + 1;
  return calm >= calmRuns ? others : [...others, { ...before, lastMs: ranMs, calm }];
}
