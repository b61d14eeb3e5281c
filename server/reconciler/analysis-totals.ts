import type { Queries } from '../../db/client.ts';
import { psiGrid, sumIntervals } from '../../domain/analysis/e-process.ts';
import { analysisSince, type StoredInterval } from './evidence-store.ts';

type Counts = Omit<StoredInterval, 'logE'>;

/** What is stored of one check: its intervals oldest first, and the sum of ln E per grid point in that order. */
export type CheckTotals = { readonly intervals: readonly Counts[]; readonly sumLogE: readonly number[] };

type Totals = {
  newest: Date | null;
  readonly checks: Map<string, { intervals: Counts[]; sumLogE: number[] }>;
};

export const noTotals: CheckTotals = { intervals: [], sumLogE: [] };

/**
 * Evidence is always the sum of the stored intervals. A rollout that is held for days has very many, so what was summed
 * is kept and only newer intervals are read; adding in the same order gives the same figures as summing anew. Valid
 * while one worker alone writes: make a new one with every lease epoch.
 */
export class AnalysisTotals {
  readonly #rollouts = new Map<string, Totals>();

  async of(queries: Queries, rolloutId: string): Promise<ReadonlyMap<string, CheckTotals>> {
    const totals: Totals = this.#rollouts.get(rolloutId) ?? { newest: null, checks: new Map() };
    for (const { logE, ...row } of await analysisSince(queries, rolloutId, totals.newest)) {
      const check = totals.checks.get(row.checkId) ?? { intervals: [], sumLogE: psiGrid.map(() => 0) };
      check.intervals.push(row);
      if (logE.length > 0) check.sumLogE = sumIntervals([check.sumLogE, logE]);
      totals.checks.set(row.checkId, check);
      totals.newest = row.intervalEnd;
    }
    this.#rollouts.set(rolloutId, totals);
    return totals.checks;
  }

  forget(rolloutId: string): void {
    this.#rollouts.delete(rolloutId);
  }
}
