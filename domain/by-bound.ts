import * as z from 'zod';

/**
 * Values by upper bound, whole milliseconds. V8 keeps an object with whole numbers as keys in an array as long as the
 * highest one (30 kB for a bound of 2,500) unless that one comes first, so it does; a copy by spread would undo it.
 */
export function byBound<Value>(entries: readonly (readonly [number, Value])[]): Record<number, Value> {
  return Object.fromEntries(entries.toSorted(([left], [right]) => right - left));
}

/** Counts by bound as they were stored: the very object, since a copy takes the room that `byBound` saves. */
export const storedCountsSchema = z.custom<Readonly<Record<string, number>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((count) => typeof count === 'number' && Number.isFinite(count)),
  'Counts by upper bound are numbers.',
);
