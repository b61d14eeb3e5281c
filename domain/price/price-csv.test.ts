import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceCsv, readPriceCsv } from './price-csv.ts';
import type { NewPrice } from './price-draft.ts';
import { starterLists, starterPrices } from './starter-list.ts';

const head = 'instanceType,region,capacityType,unit,amount,currency,validFrom,validTo';
const good = 'p5.48xlarge,us-east-1,onDemand,nodeHour,55.04,USD,2026-07-20,';
const read = (...lines: string[]) => readPriceCsv([head, ...lines].join('\n'), 'USD');

describe('a CSV of prices', () => {
  it('takes instance type, region, amount and dates, and counts as an import unless it says otherwise', () => {
    const { rows, problems } = read(good);
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      {
        row: 2,
        price: {
          instanceType: 'p5.48xlarge',
          region: 'us-east-1',
          gpuProduct: '*',
          capacityType: 'onDemand',
          unit: 'nodeHour',
          amountNano: 55_040_000_000n,
          source: 'import',
          sourceNote: '',
          sourceDate: null,
          validFrom: new Date('2026-07-20T00:00:00Z'),
          validTo: null,
        },
      },
    ]);
  });

  it.each([
    ['a negative price', 'a,b,spot,nodeHour,-1,USD,2026-01-01,', 'amount: A price is not negative.'],
    [
      'a price finer than a nano',
      'a,b,spot,nodeHour,0.0000000001,USD,2026-01-01,',
      'amount: A price is at most nine digits behind the point.',
    ],
    [
      'a price of 16 digits',
      'a,b,spot,nodeHour,1234567890123456,USD,2026-01-01,',
      'amount: A price is at most 15 digits before the point.',
    ],
    [
      'no number',
      'a,b,spot,nodeHour,cheap,USD,2026-01-01,',
      'amount: Write the price as a plain decimal with a point, such as 55.04.',
    ],
    [
      'another currency',
      'a,b,spot,nodeHour,1,EUR,2026-01-01,',
      'It is in EUR; this instance counts in USD. Convert it first.',
    ],
    [
      'an end before its begin',
      'a,b,spot,nodeHour,1,USD,2026-02-01,2026-01-01',
      'validTo: A price ends after it begins.',
    ],
    [
      'a time without a zone',
      'a,b,spot,nodeHour,1,USD,2026-02-01T10:00,',
      'validFrom: Write a date as 2026-07-20 or 2026-07-20T12:00:00Z, in UTC.',
    ],
    [
      'an unknown capacity type',
      'a,b,preemptible,nodeHour,1,USD,2026-02-01,',
      'capacityType: Say onDemand, spot, reserved or owned.',
    ],
    ['more cells than the head', `${good},x`, 'It has 9 cells, the head has 8.'],
  ])('says what is wrong with a row that has %s, and still reads the others', (_what, line, message) => {
    const { rows, problems } = read(line, good);
    expect(problems).toEqual([{ row: 2, message }]);
    expect(rows.map(({ row }) => row)).toEqual([3]);
  });

  it.each([
    ['has no rows', head, 'The file has no rows below its head.'],
    ['has a column that nobody knows', `${head},price\n${good},1`, 'There is no column "price".'],
    ['lacks a column', 'instanceType,unit\na,nodeHour', 'The column capacityType is missing.'],
    ['never ends a quote', `${head}\n"a`, 'A quoted cell has no closing quote.'],
  ])('that %s is refused as a whole', (_what, text, message) => {
    const { rows, problems } = readPriceCsv(text, 'USD');
    expect(rows).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(message);
  });

  const date = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
  const price: fc.Arbitrary<NewPrice> = fc.record({
    instanceType: fc.constantFrom('*', 'p5.48xlarge', '=cmd', '-x'),
    region: fc.constantFrom('*', 'us-east-1'),
    gpuProduct: fc.constantFrom('*', 'NVIDIA-H100-80GB-HBM3'),
    capacityType: fc.constantFrom(
      'onDemand' as const,
      'spot' as const,
      'reserved' as const,
      'owned' as const,
    ),
    unit: fc.constantFrom('nodeHour' as const, 'gpuHour' as const),
    amountNano: fc.bigInt({ min: 0n, max: 10n ** 24n - 1n }),
    source: fc.constantFrom('contract' as const, 'import' as const, 'list' as const),
    sourceNote: fc.constantFrom('', 'from "the" bill, page 3', '@home'),
    sourceDate: fc.option(date),
    validFrom: date,
    validTo: fc.constantFrom(null, new Date('2031-01-01')),
  });

  it('that was exported is imported as it was', () => {
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 6 }), (prices) => {
        const back = readPriceCsv(priceCsv(prices, 'USD'), 'USD');
        expect(back.problems).toEqual([]);
        expect(back.rows.map((row) => row.price)).toEqual(prices);
      }),
    );
  });
});

describe('a starter list', () => {
  it.each(starterLists.map((list) => [list.title, list] as const))(
    '%s prices whole nodes from its date on, and every row says where and when it was read',
    (_title, list) => {
      const rows = starterPrices(list);
      expect(rows.length).toBe(list.figures.length);
      for (const row of rows) {
        expect(row).toMatchObject({ region: list.region, source: 'list', unit: 'nodeHour', validTo: null });
        expect(row.sourceNote).toContain(list.date);
        expect(row.sourceDate?.toISOString()).toBe(`${list.date}T00:00:00.000Z`);
        expect(row.amountNano > 0n).toBe(true);
      }
    },
  );
});
