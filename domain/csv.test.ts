import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvError, CsvReader, csvLine, csvRows, unguarded } from './csv.ts';

const cells = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'ü', '"', ',', '\n', '\r', '=', '-', '1', ' ') }),
  {
    minLength: 2,
    maxLength: 4,
  },
);

describe('CSV', () => {
  it('that was written is read back, whatever the cells hold', () => {
    fc.assert(
      fc.property(fc.array(cells, { maxLength: 5 }), (rows) => {
        expect(csvRows(rows.map(csvLine).join('')).map((row) => row.map(unguarded))).toEqual(rows);
      }),
    );
  });

  it('is read the same in any pieces', () => {
    fc.assert(
      fc.property(fc.array(cells, { maxLength: 4 }), fc.nat({ max: 40 }), (rows, at) => {
        const text = rows.map(csvLine).join('');
        const reader = new CsvReader();
        const read = [...reader.push(text.slice(0, at)), ...reader.push(text.slice(at)), ...reader.end()];
        expect(read).toEqual(csvRows(text));
      }),
    );
  });

  it('may end without a line break, begin with a byte order mark and hold blank lines', () => {
    expect(csvRows('\u{feff}a,b\n\n1,2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('whose quoted cell never ends is refused', () => {
    expect(() => csvRows('a,"b\n1')).toThrow(CsvError);
  });

  it('keeps a spreadsheet from running a cell, and leaves numbers alone', () => {
    expect(csvLine(['=1+1', '-2.5', '@x'])).toBe("'=1+1,-2.5,'@x\r\n");
  });
});
