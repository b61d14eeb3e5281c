import {
  type Binning,
  type CategoricalBinning,
  type FixedPoint,
  type NumericBinning,
  type OrderedBinning,
  upperBound,
} from './binning.ts';

const defaultBins = 20;
/** Up to this many distinct whole numbers each is a bin of its own. */
const mostOrdered = 20;
const mostCategories = 50;
const mostKnownValues = 10_000;
const steps = 2 ** 24;

type Run = { readonly value: number; readonly rows: number };

function runsOf(sorted: Float64Array): Run[] {
  const runs: { value: number; rows: number }[] = [];
  for (const value of sorted) {
    const last = runs.at(-1);
    if (last?.value === value) last.rows += 1;
    else runs.push({ value: value === 0 ? 0 : value, rows: 1 });
  }
  return runs;
}

function deviationOf(runs: readonly Run[], rows: number): number {
  const mean = runs.reduce((sum, run) => sum + run.value * (run.rows / rows), 0);
  const over = (unit: number) =>
    runs.reduce((sum, run) => {
      const off = run.value / unit - mean / unit;
      return sum + off * off * (run.rows / rows);
    }, 0);
  const square = over(1);
  if (Number.isFinite(square)) return Math.sqrt(square);
  // Squares of the largest numbers overflow where the deviation does not.
  const largest = runs.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
  return largest * Math.sqrt(over(largest));
}

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

/** A constant feature has no range; its own size, or 1 for zero, stands in. The largest numbers must not overflow. */
function scaleOf(low: number, high: number): FixedPoint {
  const step = high > low ? high / steps - low / steps : (Math.abs(high) || 1) / steps;
  return { centre: low / 2 + high / 2, step: Math.max(step, Number.MIN_VALUE) };
}

/** Edges between equal shares of the rows that are no point mass; none at their smallest, below which is nothing. */
function quantileEdges(rest: Float64Array, bins: number): number[] {
  const edges: number[] = [];
  for (let index = 1; index < bins; index += 1) {
    const edge = rest[Math.floor((index * rest.length) / bins)];
    if (edge !== undefined && edge > (rest[0] ?? edge)) edges.push(edge === 0 ? 0 : edge);
  }
  return edges;
}

/**
 * The binning of a numeric feature from values in any order, the same for every order: up to 20 distinct whole numbers
 * become a bin each, else `bins` quantile bins, where a value that fills more than a bin alone is a point mass.
 * Not finite values are left out; throws RangeError when none is finite. Source: drift.md §3.2, §9.1.
 */
export function learnNumericBinning(
  values: Iterable<number>,
  bins = defaultBins,
): NumericBinning | OrderedBinning {
  if (!Number.isSafeInteger(bins) || bins < 2) throw new RangeError('A binning needs at least two bins.');
  const sorted = Float64Array.from([...values].filter(Number.isFinite)).sort();
  const rows = sorted.length;
  if (rows === 0) throw new RangeError('Bins are learned from finite numbers, and there is none.');
  const runs = runsOf(sorted);
  const deviation = deviationOf(runs, rows);
  if (runs.length <= mostOrdered && runs.every(({ value }) => Number.isSafeInteger(value))) {
    return { kind: 'ordered', values: runs.map(({ value }) => value), deviation };
  }
  const masses = new Set(runs.filter((run) => run.rows * bins > rows).map(({ value }) => value));
  const rest = sorted.filter((value) => !masses.has(value === 0 ? 0 : value));
  const restBins = Math.max(1, Math.round((bins * rest.length) / rows));
  const edges = [...new Set([...masses, ...quantileEdges(rest, restBins)])].toSorted((a, b) => a - b);
  const [low, high] = [quantile(sorted, 0.001), quantile(sorted, 0.999)];
  const points = edges.map((edge) => masses.has(edge));
  return { kind: 'numeric', edges, points, scale: scaleOf(low, high), deviation, low, high };
}

/** The binning with one more edge, at which something is decided; as it is where it has that edge or no intervals. */
export function withEdge<Some extends Binning>(binning: Some, edge: number): Some {
  if (binning.kind !== 'numeric' || binning.edges.includes(edge)) return binning;
  const at = upperBound(binning.edges, edge);
  return {
    ...binning,
    edges: binning.edges.toSpliced(at, 0, edge),
    points: binning.points.toSpliced(at, 0, false),
  };
}

/**
 * The binning of categories from the rows of each value: the 50 most frequent have a bin each, equal ones in order of
 * their key, and the rest share one. Above 10,000 values the rest are not remembered, so that new ones are not told.
 * Throws RangeError without any row.
 */
export function learnCategoricalBinning(
  rowsByValue: ReadonlyMap<string, number>,
  most = mostCategories,
): CategoricalBinning {
  const seen = [...rowsByValue].filter(([, rows]) => rows > 0);
  if (seen.length === 0) throw new RangeError('Categories are learned from values, and there is none.');
  const ranked = seen
    .toSorted(([left, a], [right, b]) => b - a || (left < right ? -1 : 1))
    .map(([value]) => value);
  const tail = ranked.length > mostKnownValues ? 'open' : ranked.slice(most);
  return { kind: 'categorical', categories: ranked.slice(0, most), tail };
}
