import { expect, it } from 'vitest';
import { historyReader } from './history-row.ts';
import { learnCategoricalBinning, learnNumericBinning } from './learn-binning.ts';

const binning = learnNumericBinning([1, 2, 3]);
const features = [
  { featureId: 'a', name: 'amount', aliases: ['amt'], role: 'input' as const, binning },
  {
    featureId: 'z',
    name: 'zip',
    aliases: [],
    role: 'input' as const,
    binning: learnCategoricalBinning(new Map([['01067', 1]])),
  },
  { featureId: 's', name: 'score', aliases: [], role: 'score' as const, binning },
];
const rowOf = (header: string[], cells: string[]) => {
  const reader = historyReader(header, features);
  return typeof reader === 'string' ? reader : reader.row(cells);
};
const ts = '2026-10-01T00:00:00Z';

it.each([
  [
    'numbers as numbers and categories as their text',
    ['ts', 'amount', 'zip', 'score'],
    [ts, '1.5e3', '01067', '0.5'],
    { ts, f: { amount: 1500, zip: '01067' }, p: { score: 0.5 } },
  ],
  [
    'an empty input as null and an empty prediction as none',
    ['ts', 'amount', 'zip', 'score'],
    [ts, '', '', ''],
    { ts, f: { amount: null, zip: null }, p: {} },
  ],
  ['what is no number as its text', ['ts', 'amt'], [ts, 'n/a'], { ts, f: { amt: 'n/a' }, p: {} }],
  [
    'NaN as a text that counts as not finite',
    ['ts', 'amount'],
    [ts, 'NaN'],
    { ts, f: { amount: 'NaN' }, p: {} },
  ],
  ['a row of another length as none', ['ts', 'amount'], [ts], null],
])('reads %s', (_name, header, cells, row) => {
  expect(rowOf(header, cells)).toEqual(row);
});

it.each([
  [['amount'], 'no column "ts"'],
  [['ts', 'amount', 'amount'], 'one name'],
  [['ts', 'colour'], 'No column'],
])('says why a file with the header %j cannot be read', (header, sentence) => {
  expect(rowOf(header, [])).toContain(sentence);
});

it('tells columns that no feature has', () => {
  expect(historyReader(['ts', 'amount', 'age2'], features)).toMatchObject({ unknown: ['age2'] });
});
