import type { Binning, NumericBinning, OrderedBinning } from './binning.ts';
import { addCounters, apartList, type Counters, noRows, valueCounter } from './counters.ts';
import { identifierReason } from './identifier-like.ts';
import { type ColumnPlace, categoryOf, learnNumbers } from './learn-column.ts';

/** A table with more columns than this is no training data of one model. */
export const mostColumns = 500;
/** Bins are learned from as many numbers of a column, drawn from all; the counts that follow are exact. */
const mostSampled = 100_000;
const mostValues = 10_000;
const longestText = 256;
const firstRows = 1_000;
const seed = 6;

/** What a table holds, as it leaves the machine where it lies: bins and counts, and no row. */
export type TrainingColumn = { readonly name: string; readonly place: ColumnPlace } & (
  | {
      readonly kind: 'numbers';
      readonly binning: NumericBinning | OrderedBinning;
      readonly counts: readonly number[];
      /** Decimal texts, since they may exceed 2^53. */
      readonly sums: readonly string[];
      /** In the order of `apartKinds`. */
      readonly apart: readonly number[];
    }
  | {
      readonly kind: 'values';
      /** The first 10,000 distinct values with their rows. */
      readonly values: readonly (readonly [string, number])[];
      /** Rows of all other values. */
      readonly others: number;
      readonly nulls: number;
      readonly notFinite: number;
      readonly otherType: number;
    }
  | { readonly kind: 'refused'; readonly why: string }
);
export type TrainingCounts = {
  readonly schema: 1;
  readonly rows: number;
  readonly columns: readonly TrainingColumn[];
};

type Options = {
  /** Columns that the model answers; all others are its inputs. */
  readonly predictions: ReadonlySet<string>;
  /** Features that the service has: these bins are counted on, and nobody refuses what was mapped. */
  readonly known: ReadonlyMap<string, Binning>;
};

type Numbers = NumericBinning | OrderedBinning;
type Column = {
  readonly first: unknown[];
  readonly sample: number[];
  readonly draw: () => number;
  /** Values that are not null, by type. */
  numbers: number;
  finite: number;
  texts: number;
  nested: number;
  /** As categories; whole numbers are among them. */
  readonly values: Map<string, number>;
  categories: number;
  counted: {
    readonly binning: Numbers;
    readonly count: (values: Iterable<unknown>) => Counters;
    total: Counters;
  } | null;
};

/** A fixed sequence of numbers in [0, 1), so that the same table gives the same bins (mulberry32). */
function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Reads a table twice and keeps only bins and counts: every value first through `look`, then through `count`. Columns may
 * come in lots of any size. Throws RangeError with a sentence for more than 500 columns.
 */
export class TrainingCensus {
  readonly #options: Options;
  readonly #columns = new Map<string, Column>();

  constructor(options: Options) {
    this.#options = options;
  }

  look(name: string, values: Iterable<unknown>): void {
    const column = this.#columns.get(name) ?? this.#add(name);
    for (const value of values) if (value !== null && value !== undefined) this.#see(column, value);
  }

  #add(name: string): Column {
    if (this.#columns.size >= mostColumns)
      throw new RangeError(
        `The table has more than ${mostColumns} columns: leave out those that the model does not take.`,
      );
    const column: Column = {
      first: [],
      sample: [],
      // Of its own, so that neither lots nor other columns change what is drawn.
      draw: drawing(seed),
      numbers: 0,
      finite: 0,
      texts: 0,
      nested: 0,
      values: new Map(),
      categories: 0,
      counted: null,
    };
    this.#columns.set(name, column);
    return column;
  }

  #see(column: Column, value: unknown): void {
    if (column.first.length < firstRows) column.first.push(value);
    if (typeof value === 'number') {
      column.numbers += 1;
      if (Number.isFinite(value)) this.#sample(column, value);
    } else if (typeof value === 'object') column.nested += 1;
    else column.texts += 1;
    const category = categoryOf(value);
    if (category === null) return;
    column.categories += 1;
    const rows = column.values.get(category);
    if (rows !== undefined || (category.length <= longestText && column.values.size < mostValues))
      column.values.set(category, (rows ?? 0) + 1);
  }

  #sample(column: Column, value: number): void {
    column.finite += 1;
    if (column.sample.length < mostSampled) column.sample.push(value);
    else {
      const place = Math.floor(column.draw() * column.finite);
      if (place < mostSampled) column.sample[place] = value;
    }
  }

  /** Between the two passes: gives columns of numbers their bins. */
  learn(): void {
    for (const [name, column] of this.#columns) {
      const binning = this.#numbersOf(name, column);
      if (binning !== null)
        column.counted = { binning, count: valueCounter(binning), total: noRows(binning) };
      column.sample.length = 0;
    }
  }

  #numbersOf(name: string, column: Column): Numbers | null {
    const known = this.#options.known.get(name);
    if (known !== undefined) return known.kind === 'categorical' ? null : known;
    const { numbers, texts, nested, sample } = column;
    return numbers > texts + nested && sample.length > 0 ? learnNumbers(this.#placeOf(name), sample) : null;
  }

  #placeOf(name: string): ColumnPlace {
    return this.#options.predictions.has(name) ? 'prediction' : 'input';
  }

  count(name: string, values: Iterable<unknown>): void {
    const counted = this.#columns.get(name)?.counted ?? null;
    if (counted !== null) counted.total = addCounters(counted.total, counted.count(values));
  }

  /** After the second pass over a table of so many rows: a row without a column has no value there. */
  result(rows: number): TrainingCounts {
    const columns = [...this.#columns].map(([name, column]) => this.#columnOf(name, column, rows));
    return { schema: 1, rows, columns: columns.filter((column) => column !== null) };
  }

  #columnOf(name: string, column: Column, rows: number): TrainingColumn | null {
    const { counted, numbers, texts, nested, values, categories, first } = column;
    const at = { name, place: this.#placeOf(name) };
    const nulls = rows - numbers - texts - nested;
    if (counted !== null) {
      const { binning, total } = counted;
      const apart = apartList({ ...total, apart: { ...total.apart, null: nulls } });
      return { ...at, kind: 'numbers', binning, counts: total.counts, sums: total.sums.map(String), apart };
    }
    const isKnown = this.#options.known.has(name);
    if (nested > texts && !isKnown)
      return {
        ...at,
        kind: 'refused',
        why: 'It holds lists, objects or times; give each part as a column of its own.',
      };
    const why = isKnown ? null : identifierReason(first);
    if (why !== null) return { ...at, kind: 'refused', why };
    if (values.size === 0) return null;
    const listed = [...values.values()].reduce((sum, one) => sum + one, 0);
    const notFinite = numbers - column.finite;
    return {
      ...at,
      kind: 'values',
      values: [...values],
      others: categories - listed,
      nulls,
      notFinite,
      otherType: numbers + texts + nested - categories - notFinite,
    };
  }
}
