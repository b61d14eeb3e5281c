/**
 * A whole-number scale for sums: a value counts as round((value - centre) / step) steps, halves upward. The step is the
 * range between the 0.1 % and the 99.9 % quantile over 2^24, so that sums are exact whatever their order.
 */
export type FixedPoint = { readonly centre: number; readonly step: number };

/**
 * Intervals of numbers. Before each edge lies the bin of the values below it and not below the edge before it; an edge
 * that is a point mass has, besides, a bin of its own for exactly that value. The ends are open.
 */
export type NumericBinning = {
  readonly kind: 'numeric';
  /** Ascending and distinct. */
  readonly edges: readonly number[];
  /** For each edge whether it is a point mass. */
  readonly points: readonly boolean[];
  readonly scale: FixedPoint;
  /** Standard deviation (over n) of the values that it was learned from, in their unit: the yardstick of shifts. */
  readonly deviation: number;
  /** 0.1 % and 99.9 % quantiles: a value outside is counted as out of range besides its bin. */
  readonly low: number;
  readonly high: number;
};

/** At most 20 distinct whole numbers: a bin each, in order; any other number is new. */
export type OrderedBinning = {
  readonly kind: 'ordered';
  readonly values: readonly number[];
  readonly deviation: number;
};

/**
 * The most frequent values, one bin each; with a tail a last bin for it. Keys are texts or, where the text may not be
 * kept, whatever stands for it; equal values must have equal keys.
 */
export type CategoricalBinning = {
  readonly kind: 'categorical';
  readonly categories: readonly string[];
  /** Rarer values of the reference; `open`: too many to know them all, so that every other value is tail and none new. */
  readonly tail: readonly string[] | 'open';
};

/** How a feature is counted. Immutable: other bins are another binning, and its counters are others (drift.md §9.1). */
export type Binning = NumericBinning | OrderedBinning | CategoricalBinning;

/** Bins of the distribution; what is kept apart (nulls, new values …) is not among them. */
export function binTotal(binning: Binning): number {
  switch (binning.kind) {
    case 'numeric':
      return binning.edges.length + 1 + binning.points.filter(Boolean).length;
    case 'ordered':
      return binning.values.length;
    case 'categorical':
      return binning.categories.length + (binning.tail === 'open' || binning.tail.length > 0 ? 1 : 0);
  }
}

/** The first index at which an ascending list is above the value. */
export function upperBound(ascending: readonly number[], value: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((ascending[middle] ?? Number.POSITIVE_INFINITY) > value) to = middle;
    else from = middle + 1;
  }
  return from;
}
