import { type Binning, binTotal, upperBound } from './binning.ts';

/**
 * What is not a bin of the distribution. `null` to `new` are rows without a bin; `below`, `above` (out of the range of
 * the binning) and `clamped` (too far out for the sums) are besides also in a bin.
 */
export const apartKinds = ['null', 'notFinite', 'otherType', 'new', 'below', 'above', 'clamped'] as const;
type ApartKind = (typeof apartKinds)[number];

/** Whole numbers that add up: rows per bin, sum per bin in steps of the binning (numeric ones only), rows kept apart. */
export type Counters = {
  readonly counts: readonly number[];
  readonly sums: readonly bigint[];
  readonly apart: Readonly<Record<ApartKind, number>>;
};

/** Sums are held as int8: a row adds at most 2^36 steps, so that 2^27 rows fit whatever they hold. */
const farthest = 2 ** 36;
/** Rows whose steps fit into a double exactly. */
const exactRows = 2 ** 16;

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

const apartOf = (rows: (kind: ApartKind) => number): Record<ApartKind, number> => ({
  null: rows('null'),
  notFinite: rows('notFinite'),
  otherType: rows('otherType'),
  new: rows('new'),
  below: rows('below'),
  above: rows('above'),
  clamped: rows('clamped'),
});

/** Counters of no rows. */
export function noRows(binning: Binning): Counters {
  const bins = binTotal(binning);
  return {
    counts: zeros(bins),
    sums: binning.kind === 'numeric' ? zeros(bins).map(BigInt) : [],
    apart: apartOf(() => 0),
  };
}

function assertSameBins(left: Counters, right: Counters): void {
  if (left.counts.length !== right.counts.length || left.sums.length !== right.sums.length)
    throw new RangeError('Counters of two binnings cannot be put together.');
}

/** `apart` as it is stored: a list in the order of its kinds. */
export const apartList = ({ apart }: Counters): number[] => apartKinds.map((kind) => apart[kind]);

/** Counters from their stored lists. Throws RangeError when a kind is missing. */
export function storedCounters(
  counts: readonly number[],
  sums: readonly bigint[],
  apart: readonly number[],
): Counters {
  if (apart.length !== apartKinds.length) throw new RangeError('Stored counters miss a kind of rows.');
  return { counts, sums, apart: apartOf((kind) => apart[apartKinds.indexOf(kind)] ?? 0) };
}

/** Counters of both, exact and the same in any order. Throws RangeError for counters of another binning. */
export function addCounters(left: Counters, right: Counters): Counters {
  assertSameBins(left, right);
  return {
    counts: left.counts.map((rows, bin) => rows + (right.counts[bin] ?? 0)),
    sums: left.sums.map((sum, bin) => sum + (right.sums[bin] ?? 0n)),
    apart: apartOf((kind) => left.apart[kind] + right.apart[kind]),
  };
}

/** Counters as if the right rows had never been added; throws RangeError when they cannot have been. */
export function subtractCounters(left: Counters, right: Counters): Counters {
  assertSameBins(left, right);
  const rest = {
    counts: left.counts.map((rows, bin) => rows - (right.counts[bin] ?? 0)),
    sums: left.sums.map((sum, bin) => sum - (right.sums[bin] ?? 0n)),
    apart: apartOf((kind) => left.apart[kind] - right.apart[kind]),
  };
  if ([...rest.counts, ...Object.values(rest.apart)].some((rows) => rows < 0))
    throw new RangeError('These rows are not among the counted ones.');
  return rest;
}

/** Rows whose value has a bin. */
export const binnedRows = ({ counts }: Counters): number => counts.reduce((sum, rows) => sum + rows, 0);

/** All rows, whatever they held. */
export const allRows = (counters: Counters): number =>
  binnedRows(counters) +
  counters.apart.null +
  counters.apart.notFinite +
  counters.apart.otherType +
  counters.apart.new;

type Tally = {
  readonly counts: number[];
  readonly sums: number[];
  readonly apart: Record<ApartKind, number>;
};
/** Adds one value that is not null. */
type Adder = (value: unknown, tally: Tally) => void;

function numericAdder(binning: Binning & { kind: 'numeric' }): Adder {
  const { edges, points, scale, low, high } = binning;
  let pointsBefore = 0;
  /** Bin of the values above the edge before (or of all at the lowest end) that are no point mass. */
  const open = [0];
  for (const [index, isPoint] of points.entries()) {
    pointsBefore += isPoint ? 1 : 0;
    open.push(index + 1 + pointsBefore);
  }
  return (value, { counts, sums, apart }) => {
    if (typeof value !== 'number') apart.otherType += 1;
    else if (!Number.isFinite(value)) apart.notFinite += 1;
    else {
      const above = upperBound(edges, value);
      const onPoint = above > 0 && points[above - 1] === true && edges[above - 1] === value;
      const bin = (open[above] ?? 0) - (onPoint ? 1 : 0);
      const exact = Math.round((value - scale.centre) / scale.step);
      const steps = Math.max(-farthest, Math.min(farthest, exact));
      if (steps !== exact) apart.clamped += 1;
      if (value < low) apart.below += 1;
      if (value > high) apart.above += 1;
      counts[bin] = (counts[bin] ?? 0) + 1;
      sums[bin] = (sums[bin] ?? 0) + steps;
    }
  };
}

function lookupAdder(bins: ReadonlyMap<unknown, number>, otherwise: number | null): Adder {
  return (value, { counts, apart }) => {
    const bin = bins.get(value) ?? otherwise;
    if (bin === null) apart.new += 1;
    else counts[bin] = (counts[bin] ?? 0) + 1;
  };
}

function orderedAdder(binning: Binning & { kind: 'ordered' }): Adder {
  const known = lookupAdder(new Map(binning.values.map((value, bin) => [value, bin])), null);
  return (value, tally) => {
    if (typeof value !== 'number') tally.apart.otherType += 1;
    else if (!Number.isFinite(value)) tally.apart.notFinite += 1;
    else known(value, tally);
  };
}

/** Booleans and whole numbers are categories by their text: 7 and "7" are the same value. */
function categoricalAdder(binning: Binning & { kind: 'categorical' }): Adder {
  const { categories, tail } = binning;
  const last = categories.length;
  const bins = new Map(categories.map((value, bin) => [value, bin]));
  if (tail !== 'open') for (const value of tail) bins.set(value, last);
  const known = lookupAdder(bins, tail === 'open' ? last : null);
  return (value, tally) => {
    if (typeof value === 'string') known(value, tally);
    else if (typeof value === 'boolean' || Number.isSafeInteger(value)) known(String(value), tally);
    else if (typeof value === 'number' && !Number.isFinite(value)) tally.apart.notFinite += 1;
    else tally.apart.otherType += 1;
  };
}

function adderOf(binning: Binning): Adder {
  switch (binning.kind) {
    case 'numeric':
      return numericAdder(binning);
    case 'ordered':
      return orderedAdder(binning);
    case 'categorical':
      return categoricalAdder(binning);
  }
}

/**
 * Counters of values as they come (numbers, texts, booleans, null): no value is lost, what has no bin is kept apart by
 * its reason, and a number as text is of another type. Each value is rounded once, so that every split and order of
 * the values gives the same counters to the last bit. Empty case: no values give `noRows`.
 */
export const countValues = (binning: Binning, values: Iterable<unknown>): Counters =>
  valueCounter(binning)(values);

/** `countValues` of one binning for many lots of values: what it looks up is made once. */
export function valueCounter(binning: Binning): (values: Iterable<unknown>) => Counters {
  const add = adderOf(binning);
  return (values) => countWith(add, binning, values);
}

function countWith(add: Adder, binning: Binning, values: Iterable<unknown>): Counters {
  const bins = binTotal(binning);
  const hasSums = binning.kind === 'numeric';
  const tally: Tally = {
    counts: zeros(bins),
    sums: zeros(bins),
    apart: apartOf(() => 0),
  };
  let sums = hasSums ? zeros(bins).map(BigInt) : [];
  const carry = () => {
    sums = sums.map((sum, bin) => sum + BigInt(tally.sums[bin] ?? 0));
    tally.sums.fill(0);
  };
  let rows = 0;
  for (const value of values) {
    if (value === null || value === undefined) tally.apart.null += 1;
    else add(value, tally);
    rows += 1;
    if (rows % exactRows === 0) carry();
  }
  carry();
  return { counts: tally.counts, sums, apart: tally.apart };
}
