import { binLabels } from './bin-labels.ts';
import type { Binning } from './binning.ts';
import { type BinPair, occupiedBins, psi, rowsOf } from './divergence.ts';
import type { BinnedFeature } from './feature.ts';

/** Values of the segment column that are told apart; the rest, and rows without a value, are one. Source: drift.md §9.1. */
const mostSegments = 20;
/** Inputs that are counted by segment, besides all predictions. */
const mostSegmentInputs = 20;
/** A segment of fewer rows is not shown: it may be a single person. Source: drift.md §9.10. */
export const leastSegmentRows = 20;

/** Whether rows can be parted by a feature: it has values, and not intervals. */
export const canPart = ({ role, binning }: Pick<BinnedFeature, 'role' | 'binning'>): boolean =>
  role === 'input' && binning.kind !== 'numeric';

/** Begins the names of the segments of a column. */
export const segmentPrefix = (columnId: string): string => `by:${columnId}:`;

/** The segment of a row whose value of the column is in the bin; null where it is in none. */
export const columnSegment = (columnId: string, bin: number | null): string =>
  `${segmentPrefix(columnId)}${bin === null || bin >= mostSegments ? 'other' : bin}`;

/** What a segment of a column is called; rare values that may not be kept as text have a number. */
export function segmentName(column: Pick<BinnedFeature, 'featureId' | 'binning'>, segment: string): string {
  const bin = segment.slice(segmentPrefix(column.featureId).length);
  return bin === 'other' ? 'all others' : (binLabels(column.binning)[Number(bin)] ?? bin);
}

/** The features that are counted by segment: predictions and the first inputs, without the column itself. */
export function segmentedFeatures<Some extends Pick<BinnedFeature, 'featureId' | 'role'>>(
  features: readonly Some[],
  columnId: string,
): Some[] {
  const inputs = features.filter(({ role, featureId }) => role === 'input' && featureId !== columnId);
  const predictions = features.filter(({ role }) => role !== 'input');
  return [...predictions, ...inputs.slice(0, mostSegmentInputs)];
}

/** The bin of a value as the column counts it; null for what has none. */
export function binOf(binning: Binning): (value: unknown) => number | null {
  if (binning.kind === 'numeric') return () => null;
  const values = binning.kind === 'ordered' ? binning.values : binning.categories;
  const bins = new Map<unknown, number>(values.map((value, bin) => [value, bin]));
  const isText = binning.kind === 'categorical';
  return (value) => {
    const key = isText && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
    return bins.get(key) ?? null;
  };
}

type Sides = { readonly segment: string } & BinPair;
export type SegmentShift = {
  readonly segment: string;
  readonly rows: number;
  readonly referenceRows: number;
  /** PSI within the segment; null where a side has no rows. */
  readonly psi: number | null;
  /** Its part of the shift of all rows together, by how much it has of them and by how it moved; they add up to 1. */
  readonly carried: number | null;
};

const sumOf = (all: readonly (readonly number[])[]): number[] =>
  (all[0] ?? []).map((_, bin) => all.reduce((sum, counts) => sum + (counts[bin] ?? 0), 0));

/**
 * What each segment adds to the shift of all: PSI is Σ (q - p)·ln(q/p) over bins, and q - p is the sum of what segments
 * have of either side, so that each carries Σ (own share now - own share before)·ln(q/p). Largest first; `carried` is null
 * where nothing has shifted or a side has no rows. Empty case: no segments give none.
 */
export function segmentShifts(segments: readonly Sides[]): SegmentShift[] {
  const pair = occupiedBins({
    reference: sumOf(segments.map(({ reference }) => reference)),
    current: sumOf(segments.map(({ current }) => current)),
  });
  const kept = sumOf(segments.flatMap(({ reference, current }) => [reference, current])).map(
    (rows) => rows > 0,
  );
  const [n, m] = [rowsOf(pair.reference), rowsOf(pair.current)];
  const half = pair.reference.length / 2;
  const weights = pair.reference.map((rows, bin) =>
    Math.log(((pair.current[bin] ?? 0) + 0.5) / (m + half) / ((rows + 0.5) / (n + half))),
  );
  const parts = segments.map(({ reference, current }) => {
    const own = (counts: readonly number[]) => counts.filter((_, bin) => kept[bin]);
    const [before, after] = [own(reference), own(current)];
    return weights.reduce(
      (sum, weight, bin) => sum + ((after[bin] ?? 0) / m - (before[bin] ?? 0) / n) * weight,
      0,
    );
  });
  const all = parts.reduce((sum, part) => sum + part, 0);
  const known = n > 0 && m > 0 && all > 0;
  return segments
    .map(({ segment, reference, current }, index) => ({
      segment,
      rows: rowsOf(current),
      referenceRows: rowsOf(reference),
      psi: psi({ reference, current }),
      carried: known ? (parts[index] ?? 0) / all : null,
    }))
    .toSorted((left, right) => (right.carried ?? 0) - (left.carried ?? 0) || right.rows - left.rows);
}
