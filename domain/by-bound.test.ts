import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { byBound, storedCountsSchema } from './by-bound.ts';

setFlagsFromString('--allow-natives-syntax');
/** Whether an object takes the room of its entries, and not that of an array up to its highest key. */
const isTable: (value: object) => boolean = runInThisContext('(value) => %HasDictionaryElements(value)');

const entries = [50, 100, 250, 500, 1_000, 2_500].map((bound) => [bound, bound / 10] as const);
const counts = { 50: 5, 100: 10, 250: 25, 500: 50, 1_000: 100, 2_500: 250 };

test('counts by bound read like any object and take the room of their entries only', () => {
  expect(byBound(entries)).toEqual(counts);
  expect(Object.keys(byBound(entries))).toEqual(Object.keys(counts));
  expect(isTable(byBound(entries))).toBe(true);
  expect(isTable(byBound(entries.toReversed()))).toBe(true);
  expect(isTable(Object.fromEntries(entries))).toBe(false);
  expect(byBound([])).toEqual({});
});

test('stored counts are checked and not copied', () => {
  const stored: object = JSON.parse(JSON.stringify(counts));
  expect(storedCountsSchema.parse(stored)).toBe(stored);
  expect(isTable(stored)).toBe(true);
  expect(storedCountsSchema.parse({})).toEqual({});
});

test.each([null, 7, [1], { 50: '7' }, { 50: null }, { 50: Number.POSITIVE_INFINITY }])(
  '%j is no counts',
  (value) => {
    expect(storedCountsSchema.safeParse(value).success).toBe(false);
  },
);
