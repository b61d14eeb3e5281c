import { type Random, seededRandom } from '../../domain/analysis/simulated-counts.ts';
import { type Binning, binTotal } from '../../domain/drift/binning.ts';
import { type Counters, noRows } from '../../domain/drift/counters.ts';
import { learnCategoricalBinning, learnNumericBinning } from '../../domain/drift/learn-binning.ts';
import { normalQuantile, normalShare } from './normal-curve.ts';

/** How rows of an hour come: each for itself, or in sessions of five on average whose rows repeat theirs half of the time. */
type Rows = { readonly count: number; readonly sessions: boolean };

/** Deviations that the numbers' mean swings by over a day. */
type Cycle = number;
export type Traffic = { readonly seed: number; readonly rows: Rows; readonly cycle: Cycle };

/** A column; rows without a value are 2 in 100, in sessions together. */
export type Column = {
  readonly index: number;
  readonly binning: Binning;
  /** Of categories the upper ends of their shares, 0 to 1; null for numbers, which are normal. */
  readonly ends: readonly number[] | null;
};

const nullShare = 0.02;
const sessionEnds = 1 / 5;
const sessionRepeats = 0.5;
const categories = 20;
/** Of the rows from which bins are learned, as the product keeps at most. */
const reservoir = 10_000;

function seedOf(...parts: readonly number[]): number {
  return parts.reduce((hash, part) => Math.imul(hash ^ part, 0x9e3779b1) ^ (hash >>> 15), 0x2545f491);
}

/** Shares that fall as the categories' rank rises, as they do. */
function categoryEnds(tilt: number): number[] {
  const weights = Array.from(
    { length: categories },
    (_, rank) => (1 / (Math.floor(rank / 2) + 3)) * (1 + (rank % 2 === 0 ? tilt : -tilt)),
  );
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let end = 0;
  return weights.map((weight) => {
    end += weight / all;
    return end;
  });
}

/** One column in five holds categories. */
export function columnsOf(count: number, seed: number): Column[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 5 === 4) {
      const names = new Map(Array.from({ length: categories }, (_, rank) => [`c${rank}`, categories - rank]));
      return { index, binning: learnCategoricalBinning(names), ends: categoryEnds(0) };
    }
    const random = seededRandom(seedOf(seed, index, 77));
    const binning = learnNumericBinning(Array.from({ length: reservoir }, () => normalQuantile(random())));
    return { index, binning, ends: null };
  });
}

/** How a column is shifted: numbers by deviations, categories by a tilt between neighbours. */
export type Shift = number;
export const noShift: Shift = 0;

/** Shares of a column's bins, in order, under a shift. */
function sharesOf(column: Column, shift: Shift): number[] {
  const ends = endsOf(column, shift);
  return ends.map((end, bin) => end - (ends[bin - 1] ?? 0));
}

function endsOf(column: Column, shift: Shift): number[] {
  if (column.ends !== null) return categoryEnds(shift);
  if (column.binning.kind !== 'numeric') throw new Error('A column of normal numbers must have intervals.');
  return [...column.binning.edges.map((edge) => normalShare(edge - shift)), 1];
}

/** The shift that gives a PSI over the bins of the column. */
export function shiftOf(column: Column, psi: number): Shift {
  const before = sharesOf(column, noShift);
  let [low, high] = [0, column.ends === null ? 5 : 0.999];
  for (let turn = 0; turn < 50; turn += 1) {
    const middle = (low + high) / 2;
    const after = sharesOf(column, middle);
    const found = before.reduce((sum, p, bin) => {
      const q = Math.max(after[bin] ?? 0, Number.MIN_VALUE);
      return sum + (p - q) * Math.log(p / q);
    }, 0);
    if (found > psi) high = middle;
    else low = middle;
  }
  return low;
}

/** Numbers in [0, 1) that the rows of an hour are made of, in order; a session's rows repeat its own. */
function eachPosition({ rows }: Traffic, random: Random, add: (position: number) => void): void {
  let own = random();
  for (let row = 0; row < rows.count; row += 1) {
    if (!rows.sessions) {
      add(random());
      continue;
    }
    if (random() < sessionEnds) own = random();
    add(random() < sessionRepeats ? own : random());
  }
}

type Hour = { readonly column: Column; readonly hour: number; readonly shift: Shift };

const randomOf = ({ seed }: Traffic, { column, hour }: Hour): Random =>
  seededRandom(seedOf(seed, column.index, hour));

/** How far the mean of numbers is off at an hour of the day. */
const swing = ({ cycle }: Traffic, hour: number): number => cycle * Math.sin((2 * Math.PI * hour) / 24);

/** The rows of an hour as they would be sent: a number, the rank of a category, NaN without a value. */
export function rawRows(traffic: Traffic, at: Hour): Float64Array {
  const { column, shift } = at;
  const ends = column.ends === null ? null : endsOf(column, shift);
  const mean = shift + swing(traffic, at.hour);
  const values = Float64Array.from({ length: traffic.rows.count });
  let row = 0;
  eachPosition(traffic, randomOf(traffic, at), (position) => {
    const within = (position - nullShare) / (1 - nullShare);
    if (within < 0) values[row] = Number.NaN;
    else values[row] = ends === null ? mean + normalQuantile(within) : ends.findIndex((end) => within < end);
    row += 1;
  });
  return values;
}

const guide = 2_048;

/** Which bin a position falls into, without the value in between: the ends of the bins and where to begin to look. */
export type BinDraw = {
  readonly ends: Float64Array;
  readonly first: Uint8Array;
  readonly low: number;
  readonly high: number;
};

/** Bins of a column at an hour of the day under a shift, drawn from positions. */
export function binDraw(traffic: Traffic, { column, hour, shift }: Hour): BinDraw {
  const mean = shift + swing(traffic, hour);
  const ends = Float64Array.from(endsOf(column, column.ends === null ? mean : shift));
  ends[ends.length - 1] = Number.POSITIVE_INFINITY;
  let bin = 0;
  const first = Uint8Array.from({ length: guide }, (_, at) => {
    while ((ends[bin] ?? 1) <= at / guide) bin += 1;
    return bin;
  });
  if (column.binning.kind !== 'numeric') return { ends, first, low: -1, high: 2 };
  const { low, high } = column.binning;
  return { ends, first, low: normalShare(low - mean), high: normalShare(high - mean) };
}

/**
 * What the product counts of the rows of an hour, but for the sums (which no verdict reads): the same positions as
 * `rawRows`, binned at once. Bench asserts that both agree wherever raw rows are made.
 */
export function countedRows(traffic: Traffic, at: Hour, { ends, first, low, high }: BinDraw): Counters {
  const none = noRows(at.column.binning);
  const counts = Array.from({ length: binTotal(at.column.binning) }, () => 0);
  let [nulls, below, above] = [0, 0, 0];
  eachPosition(traffic, randomOf(traffic, at), (position) => {
    const within = (position - nullShare) / (1 - nullShare);
    if (within < 0) {
      nulls += 1;
      return;
    }
    let bin = first[(within * guide) | 0] ?? 0;
    while (within >= (ends[bin] ?? 2)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
    if (within < low) below += 1;
    else if (within > high) above += 1;
  });
  return { counts, sums: none.sums, apart: { ...none.apart, null: nulls, below, above } };
}
