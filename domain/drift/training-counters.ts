import { canonicalJson } from '../canonical-json.ts';
import { type Binning, binTotal } from './binning.ts';
import { addCounters, allRows, type Counters, countValues, noRows, storedCounters } from './counters.ts';
import { learnCategoricalBinning } from './learn-binning.ts';
import { type LearnedColumn, roleOf } from './learn-column.ts';
import type { TrainingColumn } from './training-census.ts';

/** How a column of training data is counted where its service has no bins for it yet; null when it tells nothing. */
export function learnedFromTraining(column: TrainingColumn): LearnedColumn | null {
  if (column.kind === 'refused')
    return { state: 'refused', role: column.place === 'input' ? 'input' : 'class', why: column.why };
  if (column.kind === 'numbers') {
    const { binning } = column;
    return { state: 'counted', role: roleOf(column.place, binning), binning, rowsByValue: null };
  }
  if (column.values.length === 0) return null;
  const rowsByValue = new Map(column.values);
  const learned = learnCategoricalBinning(rowsByValue);
  const binning = column.others > 0 ? ({ ...learned, tail: 'open' } as const) : learned;
  return { state: 'counted', role: roleOf(column.place, binning), binning, rowsByValue };
}

/** Sums of so many rows as if each value had come alone. */
function times(counters: Counters, rows: number): Counters {
  const { counts, sums, apart } = counters;
  return {
    counts: counts.map((one) => one * rows),
    sums: sums.map((one) => one * BigInt(rows)),
    apart: {
      ...apart,
      null: apart.null * rows,
      notFinite: apart.notFinite * rows,
      otherType: apart.otherType * rows,
      new: apart.new * rows,
    },
  };
}

/**
 * Counters of a column of training data on the bins of its feature, or a sentence why there are none. `cloak` turns a
 * value into the key that the binning counts (hidden-value.ts).
 */
export function trainingCounters(
  column: TrainingColumn,
  binning: Binning,
  { rows, cloak }: { readonly rows: number; readonly cloak: (value: unknown) => unknown },
): Counters | string {
  const found = countersOf(column, binning, cloak);
  if (typeof found === 'string') return found;
  const all = allRows(found);
  return all === rows ? found : `Its counts are of ${all} rows, those of the table of ${rows}.`;
}

function countersOf(column: TrainingColumn, binning: Binning, cloak: (value: unknown) => unknown) {
  if (column.kind === 'refused') return column.why;
  if (column.kind === 'numbers') {
    if (canonicalJson(column.binning) !== canonicalJson(binning))
      return 'It is counted on other bins than those of the service; fetch them and count on them.';
    const { counts, sums, apart } = column;
    if (
      counts.length !== binTotal(binning) ||
      sums.length !== (binning.kind === 'numeric' ? counts.length : 0)
    )
      return 'It has not as many counts as bins.';
    return storedCounters(counts, sums.map(BigInt), apart);
  }
  if (binning.kind !== 'categorical') return 'Its values are texts, and the service counts numbers.';
  let total = noRows(binning);
  for (const [text, rows] of column.values)
    total = addCounters(total, times(countValues(binning, [cloak(text)]), rows));
  return withRest(total, column, binning);
}

/** Values that were not listed are the tail where that is open, else unknown ones. */
function withRest(total: Counters, column: TrainingColumn & { kind: 'values' }, binning: Binning): Counters {
  const isOpen = binning.kind === 'categorical' && binning.tail === 'open';
  const last = binTotal(binning) - 1;
  const { others, nulls, notFinite, otherType } = column;
  return {
    ...total,
    counts: total.counts.map((rows, bin) => rows + (isOpen && bin === last ? others : 0)),
    apart: {
      ...total.apart,
      null: nulls,
      notFinite,
      otherType,
      new: total.apart.new + (isOpen ? 0 : others),
    },
  };
}
