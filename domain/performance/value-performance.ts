import type { NumericBinning } from '../drift/binning.ts';
import { binnedRows, type Counters } from '../drift/counters.ts';
import { residualBinning, residualSumsOf } from './residual-counters.ts';
import { type MeasuredResiduals, measuredResiduals } from './residual-sums.ts';
import { labelledShare } from './score-joint.ts';

export type ValuePerformance = {
  readonly rows: number;
  /** In the unit of the values; null without labels. */
  readonly measured: MeasuredResiduals | null;
  readonly measuredShare: number | null;
  /** Predicted less true values by bin. */
  readonly residuals: { readonly binning: NumericBinning; readonly counts: readonly number[] };
};

/** How predicted numbers did where it is known what came; `all` are those of the same time. Source: drift.md §9.4. */
export function valuePerformance(
  binning: NumericBinning,
  { all, residuals, phi }: { all: Counters; residuals: Counters | undefined; phi: number },
): ValuePerformance {
  const counts = residuals?.counts ?? [];
  const measured =
    residuals === undefined ? null : measuredResiduals(residualSumsOf(residuals), binning.scale.step, phi);
  const rows = counts.reduce((sum, one) => sum + one, 0);
  return {
    rows,
    measured,
    measuredShare: labelledShare(rows, binnedRows(all)),
    residuals: { binning: residualBinning(binning), counts },
  };
}
