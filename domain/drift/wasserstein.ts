import type { NumericBinning, OrderedBinning } from './binning.ts';
import { binnedRows, type Counters } from './counters.ts';

/** A bin between two places of the axis; both the same for a point mass. */
type Cell = { readonly from: number; readonly to: number };

function cellsOf(binning: NumericBinning | OrderedBinning): Cell[] {
  if (binning.kind === 'ordered') return binning.values.map((value) => ({ from: value, to: value }));
  const cells: Cell[] = [];
  let from = Number.NEGATIVE_INFINITY;
  for (const [index, edge] of binning.edges.entries()) {
    cells.push({ from, to: edge });
    if (binning.points[index] === true) cells.push({ from: edge, to: edge });
    from = edge;
  }
  cells.push({ from, to: Number.POSITIVE_INFINITY });
  return cells;
}

/** The sum of a bin's values less a place, over all rows: how much the bin weighs as seen from there. */
function leverage(binning: NumericBinning, counters: Counters, at: { bin: number; place: number }): number {
  const rows = counters.counts[at.bin] ?? 0;
  const steps = Number(counters.sums[at.bin] ?? 0n);
  const { centre, step } = binning.scale;
  return (steps * step + rows * (centre - at.place)) / binnedRows(counters);
}

function numericDistance(binning: NumericBinning, reference: Counters, current: Counters): number {
  const [n, m] = [binnedRows(reference), binnedRows(current)];
  const lean = (bin: number, place: number) =>
    leverage(binning, reference, { bin, place }) - leverage(binning, current, { bin, place });
  const cells = cellsOf(binning);
  // Without any edge only the difference of means is known.
  if (cells.length === 1) return Math.abs(lean(0, binning.scale.centre));
  let [distance, before] = [0, 0];
  for (const [bin, { from, to }] of cells.entries()) {
    const after = before + (reference.counts[bin] ?? 0) / n - (current.counts[bin] ?? 0) / m;
    if (from === Number.NEGATIVE_INFINITY) distance += Math.abs(lean(bin, to));
    else if (to === Number.POSITIVE_INFINITY) distance += Math.abs(lean(bin, from));
    // ∫(F - G) over the bin: what lies before it over its width, less the lever of its own rows about its end.
    else if (from < to) distance += Math.abs(before * (to - from) - lean(bin, to));
    before = after;
  }
  return distance;
}

function orderedDistance(binning: OrderedBinning, reference: Counters, current: Counters): number {
  const [n, m] = [binnedRows(reference), binnedRows(current)];
  let [distance, difference] = [0, 0];
  for (const [bin, value] of binning.values.entries()) {
    difference += (reference.counts[bin] ?? 0) / n - (current.counts[bin] ?? 0) / m;
    distance += Math.abs(difference) * ((binning.values[bin + 1] ?? value) - value);
  }
  return distance;
}

/**
 * Wasserstein-1 distance over the standard deviation of the binning, without unit: how far the mean row has moved, in
 * deviations. By the per-bin sums it is that of the raw values, however far out, but for bins within which the two sides
 * cross, where it is less. Symmetric, and rolling references do not change its yardstick. Null when a side has no rows,
 * the binning was learned from one value, or from values too large to be squared.
 */
export function wassersteinOverDeviation(
  binning: NumericBinning | OrderedBinning,
  reference: Counters,
  current: Counters,
): number | null {
  if (binnedRows(reference) === 0 || binnedRows(current) === 0) return null;
  const distance =
    binning.kind === 'numeric'
      ? numericDistance(binning, reference, current)
      : orderedDistance(binning, reference, current);
  const found = distance / binning.deviation;
  return binning.deviation > 0 && Number.isFinite(found) ? found : null;
}
