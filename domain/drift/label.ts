import type { NumericBinning } from './binning.ts';
import { isStorable, longestText } from './row-reject.ts';

/** Whether what a score tells the chance of has come about. */
export type Outcome = 0 | 1;

/** The threshold from which a score decides positive where nothing else is declared; bins of scores have an edge there. */
export const usualThreshold = 0.5;

/** Predictions of a service that are kept at once for labels that name them by id, unless said otherwise. */
export const usualMostIds = 1_000_000;

/** Labels come as numbers or as booleans; null for anything else. */
export function outcomeOf(label: unknown): Outcome | null {
  if (label === 1 || label === true) return 1;
  return label === 0 || label === false ? 0 : null;
}

type One = boolean | number | string;
/** What came of a row's predictions: of each that it fits, or by the name of the prediction. */
export type Truth = One | Readonly<Record<string, One>>;

const isOne = (value: unknown): value is One =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.length <= longestText && isStorable(value));

export function isTruth(value: unknown): value is Truth {
  if (typeof value !== 'object') return isOne(value);
  if (value === null || Array.isArray(value)) return false;
  const all: unknown[] = Object.values(value);
  return all.length > 0 && all.every(isOne);
}

/** Scores whose outcome is known are counted by it once more, apart from all rows. */
export const labelSegment = (outcome: Outcome): string => `label:${outcome}`;

/** Rows between neighbouring edges: a value that is a point mass belongs to the interval that begins with it. */
export function rowsBetweenEdges({ edges, points }: NumericBinning, counts: readonly number[]): number[] {
  let bin = 0;
  const next = () => {
    bin += 1;
    return counts[bin - 1] ?? 0;
  };
  const rows = [next()];
  for (const index of edges.keys()) rows.push((points[index] === true ? next() : 0) + next());
  return rows;
}
