import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TrainingCounts } from '../../domain/drift/training-census.ts';
import { countTable } from './count-table.ts';

const nothingKnown = { predictions: new Set<string>(), known: new Map(), onShare: () => undefined };
const count = (name: string, content: BlobPart, options = {}) =>
  countTable(new File([content], name), { ...nothingKnown, ...options });
const stored = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
const shapes = ({ rows, columns }: TrainingCounts) => [
  rows,
  Object.fromEntries(columns.map((one) => [one.name, one.kind === 'numbers' ? one.binning.kind : one.kind])),
];

const rows = Array.from({ length: 12_000 }, (_, index) => ({
  amount: index / 7,
  count: index % 5,
  country: ['DE', 'FR', null][index % 3],
}));
const csvOf = (lines: readonly string[]) => ['amount,count,country', ...lines].join('\n');
const csv = csvOf(rows.map(({ amount, count, country }) => `${amount},${count},${country ?? ''}`));
const jsonLines = rows.map((row) => JSON.stringify(row)).join('\n');

describe('a file of training data', () => {
  it('gives the same counts as CSV and as JSON lines, through all of its lots', async () => {
    const fromCsv = await count('may.csv', csv);
    expect(shapes(fromCsv)).toEqual([12_000, { amount: 'numeric', count: 'ordered', country: 'values' }]);
    expect(await count('may.jsonl', jsonLines)).toEqual(fromCsv);
    expect(await count('MAY.CSV', `\u{feff}${csv.replaceAll('\n', '\r\n')}\r\n`)).toEqual(fromCsv);
  });

  it('is read as Parquet, with lists and times refused by column', async () => {
    const counts = await count('may.parquet', stored('training.parquet'));
    expect(shapes(counts)).toEqual([
      300,
      {
        amount: 'numeric',
        count: 'ordered',
        country: 'values',
        ok: 'values',
        tags: 'refused',
        at: 'refused',
      },
    ]);
    expect(counts.columns.find(({ name }) => name === 'country')).toMatchObject({
      values: [
        ['DE', 100],
        ['FR', 100],
      ],
      nulls: 100,
    });
  });

  it('tells how far it is, from the first pass to the end of the second', async () => {
    const shares: number[] = [];
    await count('may.csv', csv, { onShare: (share: number) => shares.push(share) });
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    expect(shares.at(-1)).toBe(1);
  });

  it('keeps codes with leading zeros as texts and empty cells as missing', async () => {
    const codes = Array.from({ length: 60 }, (_, index) => (index % 6 === 0 ? '' : `0${index % 3}`));
    const counts = await count('a.csv', `code\n${codes.map((code) => `"${code}"`).join('\n')}`);
    expect(counts.columns).toMatchObject([{ kind: 'values', nulls: 10 }]);
  });

  it.each([
    ['a.xlsx', 'x', 'Choose a file that ends in .parquet, .csv or .jsonl.'],
    ['a.csv', '', 'The file has no rows.'],
    ['a.csv', 'a,b\n1,2\n3', 'Row 2 has 1 cells, the head has 2.'],
    ['a.csv', 'a\n"never closed', 'A quoted cell has no closing quote.'],
    ['a.csv', new Uint8Array([0x61, 0x0a, 0xff, 0xfe]), 'The file is not UTF-8 text.'],
    ['a.jsonl', '{"a":1}\n[1]', 'Line 2 is not a JSON object.'],
    ['a.jsonl', '{"a":1}\n{"a"', 'Line 2 is not a JSON object.'],
    ['a.parquet', 'no parquet at all', /^The Parquet file cannot be read: /],
    ['a.parquet', stored('zstd.parquet'), /is compressed with ZSTD; save it with snappy/],
  ])('%s that cannot be taken is refused with a sentence', async (name, content, message) => {
    await expect(count(name, content)).rejects.toThrow(message);
  });
});
