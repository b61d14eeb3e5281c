import { isTruth, type Truth } from './label.ts';
import {
  earliestMs,
  isStorable,
  latestMs,
  longestText,
  mostRowFeatures,
  type RejectCode,
} from './row-reject.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * A row as it may be counted: when it happened, its features and its predictions, and what came of these where it is
 * known. Without features it then only repeats predictions that were counted before.
 */
export type SentRow = {
  readonly atMs: number;
  readonly features: Values;
  readonly predictions: Values;
  readonly truth: Truth | null;
  /** By which its label may find it. */
  readonly id: string | null;
};

/** A row that names the prediction by its id and tells what came of it. */
export type LabelById = { readonly labelOf: string; readonly truth: Truth };

/** Whether a row only tells what came of predictions that were sent before. */
export const isLabelOnly = ({ features, truth }: SentRow): boolean => truth !== null && isEmpty(features);

function isEmpty(values: Values): boolean {
  for (const _ in values) return false;
  return true;
}

const none: Values = {};
const zonedTime = /T.*(?:Z|[+-]\d\d:?\d\d)$/;

/** A row of a batch, or why it cannot be counted. A row without `ts` happened when it came. */
export function sentRow(
  row: unknown,
  nowMs: number,
  oldestMs = nowMs - latestMs,
): SentRow | LabelById | RejectCode {
  if (!isObject(row)) return 'notObject';
  const id = idOf(row);
  if (id !== null && isLabelById(row)) return isTruth(row.y) ? { labelOf: id, truth: row.y } : 'badLabel';
  const features = row.f === undefined ? none : row.f;
  const predictions = row.p === undefined ? none : row.p;
  if (!isObject(features) || !isObject(predictions)) return 'notObject';
  const atMs = timeOf(row.ts, nowMs);
  if (Number.isNaN(atMs)) return 'badTime';
  if (atMs > nowMs + earliestMs) return 'future';
  if (atMs < oldestMs) return 'late';
  const wrong = wrongValues(features, predictions);
  if (wrong !== null) return wrong;
  if (row.y === undefined || row.y === null) return { atMs, features, predictions, truth: null, id };
  const { y: truth } = row;
  return !isTruth(truth) || isEmpty(predictions) ? 'badLabel' : { atMs, features, predictions, truth, id };
}

/** Whether a row has nothing but an id that a truth could be told of. */
export function isLabelById(row: unknown): boolean {
  if (!isObject(row) || row.y === undefined || row.y === null || idOf(row) === null) return false;
  return [row.f, row.p].every((values) => values === undefined || (isObject(values) && isEmpty(values)));
}

/** A whole number and its text are one id. */
function idOf({ id }: Record<string, unknown>): string | null {
  if (typeof id === 'string') return id.length > 0 && id.length <= longestText ? id : null;
  return Number.isSafeInteger(id) ? String(id) : null;
}

function timeOf(ts: unknown, nowMs: number): number {
  if (ts === undefined || ts === null) return nowMs;
  return typeof ts === 'string' && zonedTime.test(ts) ? Date.parse(ts) : Number.NaN;
}

function wrongValues(features: Values, predictions: Values): RejectCode | null {
  let total = 0;
  for (const values of [features, predictions])
    for (const name in values) {
      total += 1;
      const value = values[name];
      if (typeof value === 'string') {
        if (value.length > longestText) return 'textTooLong';
        if (!isStorable(value)) return 'badText';
      }
      if (!isStorable(name)) return 'badText';
    }
  if (total === 0) return 'empty';
  if (total > mostRowFeatures) return 'tooWide';
  for (const name in predictions) if (Object.hasOwn(features, name)) return 'nameTwice';
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
