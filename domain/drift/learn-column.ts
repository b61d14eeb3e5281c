import { highEdges } from '../performance/score-joint.ts';
import type { Binning, NumericBinning, OrderedBinning } from './binning.ts';
import type { FeatureRole } from './feature.ts';
import { identifierReason } from './identifier-like.ts';
import { usualThreshold } from './label.ts';
import { learnCategoricalBinning, learnNumericBinning, withEdge } from './learn-binning.ts';

/** Where a column stands in a row that is sent. */
export type ColumnPlace = 'input' | 'prediction';

/** What a column was found to hold: how it is counted, or why it is not. */
export type LearnedColumn =
  | {
      readonly state: 'counted';
      readonly role: FeatureRole;
      readonly binning: Binning;
      /** Rows of each category, its text as it came; null for numbers. */
      readonly rowsByValue: ReadonlyMap<string, number> | null;
    }
  | { readonly state: 'refused'; readonly role: FeatureRole; readonly why: string };

/** The text under which a value counts as a category; null for what is none (see counters.ts). */
export function categoryOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : null;
}

/** Rows of each category. */
function rowsByCategory(values: Iterable<unknown>): Map<string, number> {
  const rows = new Map<string, number>();
  for (const value of values) {
    const category = categoryOf(value);
    if (category !== null) rows.set(category, (rows.get(category) ?? 0) + 1);
  }
  return rows;
}

/** What a prediction is by how it is counted: a number between 0 and 1 is a score. */
export function roleOf(place: ColumnPlace, binning: Binning): FeatureRole {
  if (place === 'input') return 'input';
  if (binning.kind !== 'numeric') return 'class';
  return binning.low >= 0 && binning.high <= 1 ? 'score' : 'value';
}

/**
 * The bins of a column of numbers: those of a score have edges besides where few rows lie and where it decides. Throws
 * RangeError when none is finite. Source: drift.md §9.4.
 */
export function learnNumbers(
  place: ColumnPlace,
  numbers: readonly number[],
): NumericBinning | OrderedBinning {
  const learned = learnNumericBinning(numbers);
  if (roleOf(place, learned) !== 'score') return learned;
  return [...highEdges(numbers), usualThreshold].reduce(withEdge, learned);
}

/**
 * How a column is counted, learned from its values as they were sent: numbers if most are, else categories. Refused are
 * columns that look like identifiers (unless `mapped` by an admin) and those of lists or objects. Null when no value tells
 * anything: all are missing or not finite.
 */
export function learnColumn(
  values: readonly unknown[],
  { place, mapped }: { readonly place: ColumnPlace; readonly mapped: boolean },
): LearnedColumn | null {
  const present = values.filter((value) => value !== null && value !== undefined);
  const numbers = present.filter((value) => typeof value === 'number');
  const nested = present.filter((value) => typeof value === 'object');
  const role = place === 'input' ? 'input' : 'value';
  if (nested.length * 2 > present.length)
    return {
      state: 'refused',
      role,
      why: 'It holds lists or objects; send each part as a column of its own.',
    };
  if (numbers.length * 2 > present.length) {
    if (!numbers.some(Number.isFinite)) return null;
    const binning = learnNumbers(place, numbers);
    return { state: 'counted', role: roleOf(place, binning), binning, rowsByValue: null };
  }
  const why = mapped ? null : identifierReason(present);
  if (why !== null) return { state: 'refused', role: place === 'input' ? 'input' : 'class', why };
  const rowsByValue = rowsByCategory(present);
  if (rowsByValue.size === 0) return null;
  const binning = learnCategoricalBinning(rowsByValue);
  return { state: 'counted', role: roleOf(place, binning), binning, rowsByValue };
}
