import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContributionPart } from './contribution.ts';
import { countingPlan, countRows } from './count-rows.ts';
import { addCounters, allRows, type Counters } from './counters.ts';
import { learnCategoricalBinning, learnNumericBinning } from './learn-binning.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const amount = {
  featureId: 'a',
  name: 'amount',
  aliases: ['amt'],
  role: 'input' as const,
  binning: learnNumericBinning(Array.from({ length: 1_000 }, (_, index) => index / 7)),
};
const country = {
  featureId: 'c',
  name: 'country',
  aliases: [],
  role: 'input' as const,
  binning: learnCategoricalBinning(
    new Map([
      ['DE', 60],
      ['FR', 40],
    ]),
  ),
};
const score = { ...amount, featureId: 's', name: 'score', aliases: [], role: 'score' as const };
const plan = countingPlan([{ binningId: 'b', features: [amount, country, score] }], {
  passed: ['ssn'],
  cloakOf: () => null,
});
const of = (rows: readonly unknown[]) => countRows(plan, rows, { revisionId: 'r', nowMs: now });
const only = (parts: readonly ContributionPart[], featureId: string): Counters | undefined =>
  parts.find((part) => part.featureId === featureId)?.counters;

describe('a row', () => {
  it.each([
    ['nothing', null, 'notObject'],
    ['a list', [1], 'notObject'],
    ['features that are a list', { f: [1] }, 'notObject'],
    ['no values', { f: {}, p: {} }, 'empty'],
    ['a time without a zone', { ts: '2026-11-26T12:00:00', f: { amount: 1 } }, 'badTime'],
    ['a time as a number', { ts: 1_790_000_000, f: { amount: 1 } }, 'badTime'],
    ['no real time', { ts: '2026-13-26T12:00:00Z', f: { amount: 1 } }, 'badTime'],
    ['a clock 11 minutes ahead', { ts: '2026-11-26T12:11:00Z', f: { amount: 1 } }, 'future'],
    ['an age of eight days', { ts: '2026-11-18T12:00:00Z', f: { amount: 1 } }, 'late'],
    ['a long text', { f: { country: 'x'.repeat(257) } }, 'textTooLong'],
    [
      '10,000 columns',
      { f: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [i, 1])) },
      'tooWide',
    ],
    ['a zero character', { f: { country: 'a\0b' } }, 'badText'],
    ['half of a character', { f: { 'a\ud800': 1 } }, 'badText'],
    ['one name in two places', { f: { score: 1 }, p: { score: 1 } }, 'nameTwice'],
  ])('with %s is rejected by its reason, and the others are counted', (_name, row, code) => {
    const counted = of([{ f: { amount: 1 } }, row, { f: { amount: 2 } }]);
    expect(counted.rejected).toEqual([{ row: 1, code }]);
    expect(counted.accepted).toHaveLength(2);
    expect(allRows(only(counted.parts, 'a') as Counters)).toBe(2);
  });

  it('that leaves an input out counts null for it, and nothing for a prediction', () => {
    const { parts } = of([{ f: { amount: 3 } }]);
    expect(only(parts, 'c')?.apart.null).toBe(1);
    expect(only(parts, 's')).toBeUndefined();
  });

  it('of predictions alone says nothing about inputs', () => {
    const { parts } = of([{ p: { score: 0.5 } }]);
    expect(parts.map(({ featureId }) => featureId)).toEqual(['s']);
  });

  it('may name a feature by another of its names', () => {
    expect(allRows(only(of([{ f: { amt: 3 } }]).parts, 'a') as Counters)).toBe(1);
  });

  it('has its unknown names told, and not those that are known and not counted', () => {
    const { unknown } = of([
      { f: { amount: 1, age2: 4, ssn: 'x' } },
      { f: { age2: 5 }, p: { constructor: 1 } },
    ]);
    expect([...unknown]).toEqual([
      ['age2', 2],
      ['constructor', 1],
    ]);
  });

  it('carries numbers that JSON has not as texts', () => {
    const { parts } = of([{ f: { amount: 'NaN' } }, { f: { amount: '-Infinity' } }, { f: { amount: '7' } }]);
    expect(only(parts, 'a')?.apart).toMatchObject({ notFinite: 2, otherType: 1 });
  });
});

const row = fc.record({
  ts: fc.integer({ min: 0, max: 40 }).map((minutes) => new Date(now - minutes * 60_000).toISOString()),
  f: fc.record(
    { amount: fc.oneof(fc.double(), fc.constant(null)), country: fc.constantFrom('DE', 'FR', 'XX', null) },
    { requiredKeys: [] },
  ),
});
const summed = (lots: readonly (readonly ContributionPart[])[]) => {
  const sums = new Map<string, Counters>();
  for (const { featureId, windowMs, counters } of lots.flat()) {
    const known = sums.get(`${featureId} ${windowMs}`);
    sums.set(`${featureId} ${windowMs}`, known === undefined ? counters : addCounters(known, counters));
  }
  return new Map([...sums].toSorted(([left], [right]) => (left < right ? -1 : 1)));
};

it('rows add up to the same counters in any order and any split into batches', () => {
  fc.assert(
    fc.property(
      fc
        .array(row, { minLength: 1, maxLength: 40 })
        .chain((rows) =>
          fc.tuple(
            fc.constant(rows),
            fc.shuffledSubarray(rows, { minLength: rows.length }),
            fc.nat(rows.length),
          ),
        ),
      ([rows, shuffled, cut]) => {
        const split = [of(shuffled.slice(0, cut)).parts, of(shuffled.slice(cut)).parts];
        expect(summed(split)).toEqual(summed([of(rows).parts]));
      },
    ),
  );
});
