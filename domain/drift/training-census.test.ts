import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Binning } from './binning.ts';
import { apartKinds, countValues } from './counters.ts';
import { learnNumericBinning } from './learn-binning.ts';
import { learnColumn } from './learn-column.ts';
import { mostColumns, TrainingCensus, type TrainingCounts } from './training-census.ts';
import { learnedFromTraining, trainingCounters } from './training-counters.ts';
import { trainingCountsSchema } from './training-schema.ts';

type Table = Record<string, readonly unknown[]>;
type Options = { predictions?: string[]; known?: Record<string, Binning>; lot?: number };

/** The counts of a table that is read in lots of rows. */
function countsOf(table: Table, { predictions = [], known = {}, lot = 1_000 }: Options = {}): TrainingCounts {
  const census = new TrainingCensus({
    predictions: new Set(predictions),
    known: new Map(Object.entries(known)),
  });
  const rows = Math.max(...Object.values(table).map(({ length }) => length));
  const pass = (take: 'look' | 'count') => {
    for (let from = 0; from < rows; from += lot)
      for (const [name, values] of Object.entries(table)) census[take](name, values.slice(from, from + lot));
  };
  pass('look');
  census.learn();
  pass('count');
  return trainingCountsSchema.parse(JSON.parse(JSON.stringify(census.result(rows))));
}

const columnOf = ({ columns }: TrainingCounts, name: string) => {
  const found = columns.find((column) => column.name === name);
  if (found === undefined) throw new Error(`There is no column ${name}.`);
  return found;
};
const plain = { cloak: (value: unknown) => value };
const many = <Value>(count: number, of: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => of(index));

describe('training data', () => {
  const mixed = fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: -5, max: 12 }) },
    { weight: 3, arbitrary: fc.constantFrom<unknown>('DE', 'FR', 'AT', '', true, 7, 1.5) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, undefined, Number.NaN, Infinity, {}, []) },
  );

  it('leaves as bins and counts that are those of its values, to the last bit, in lots of any size', () => {
    fc.assert(
      fc.property(
        fc.array(mixed, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        (values, lot) => {
          const counts = countsOf({ a: values, filler: many(60, () => 1) }, { lot });
          expect(countsOf({ a: values, filler: many(60, () => 1) })).toEqual(counts);
          const column = counts.columns.find(({ name }) => name === 'a');
          const learned = column === undefined ? null : learnedFromTraining(column);
          if (column === undefined || learned?.state !== 'counted') return;
          const all = [...values, ...many(60 - values.length, () => null)];
          expect(trainingCounters(column, learned.binning, { rows: 60, ...plain })).toEqual(
            countValues(learned.binning, all),
          );
        },
      ),
      { seed: 6 },
    );
  });

  it('is counted on the bins that a service has, whatever it holds itself', () => {
    const known = { amount: learnNumericBinning(many(500, (index) => index / 3)) };
    const amounts = [...many(300, (index) => index), 'text', null];
    const counts = countsOf({ amount: amounts }, { known });
    const column = columnOf(counts, 'amount');
    expect(trainingCounters(column, known.amount, { rows: 302, ...plain })).toEqual(
      countValues(known.amount, amounts),
    );
    const other = learnNumericBinning([1.5, 2.5, 3.5]);
    expect(trainingCounters(column, other, { rows: 302, ...plain })).toMatch(/on other bins/);
    expect(trainingCounters(column, known.amount, { rows: 303, ...plain })).toMatch(/302 rows.*303/);
  });

  it('of a value per row keeps no more than 10,000 of them, and the rest is counted', () => {
    const counts = countsOf({ city: many(30_000, (index) => `city ${index < 2_000 ? index % 5 : index}`) });
    const column = columnOf(counts, 'city');
    if (column.kind !== 'values') throw new Error('Texts are values.');
    expect([column.values.length, column.others]).toEqual([10_000, 30_000 - 2_000 - 9_995]);
    const learned = learnedFromTraining(column);
    if (learned?.state !== 'counted') throw new Error('It is counted.');
    const counters = trainingCounters(column, learned.binning, { rows: 30_000, ...plain });
    expect(counters).toMatchObject({ apart: { new: 0 } });
  });

  it('with a column of identifiers, lists or nothing says so of that column', () => {
    const counts = countsOf({
      id: many(100, (index) => `user ${index}`),
      list: many(100, () => [1, 2]),
      nothing: many(100, () => null),
      amount: many(100, (index) => index / 7),
    });
    expect(counts.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['id', 'refused'],
      ['list', 'refused'],
      ['amount', 'numbers'],
    ]);
  });

  it('of more columns than a model has is refused with a sentence', () => {
    const table = Object.fromEntries(many(mostColumns + 1, (index) => [`c${index}`, [1]]));
    expect(() => countsOf(table)).toThrow('The table has more than 500 columns');
  });

  it('learns bins from 100,000 values of a longer column, the same ones each time, and counts all', () => {
    const values = many(150_000, (index) => Math.sin(index) * 100);
    const column = columnOf(countsOf({ values }), 'values');
    expect(columnOf(countsOf({ values }), 'values')).toEqual(column);
    if (column.kind !== 'numbers') throw new Error('These are numbers.');
    expect(column.counts.reduce((sum, rows) => sum + rows, 0)).toBe(150_000);
    for (const rows of column.counts) expect(Math.abs(rows - 7_500)).toBeLessThan(400);
    expect(column.apart).toHaveLength(apartKinds.length);
  });

  it('knows predictions by their name, and gives scores the bins that they get from live rows', () => {
    const scores = many(10_000, (index) => index / 10_000);
    const counts = countsOf({ score: scores, input: scores }, { predictions: ['score'] });
    const learned = learnedFromTraining(columnOf(counts, 'score'));
    expect(learned).toEqual(learnColumn(scores, { place: 'prediction', mapped: false }));
    expect(learned).toMatchObject({
      role: 'score',
      binning: { edges: expect.arrayContaining([0.5, 0.9995]) },
    });
    expect(learnedFromTraining(columnOf(counts, 'input'))).toEqual(
      learnColumn(scores, { place: 'input', mapped: false }),
    );
  });
});
