import { describe, expect, it } from 'vitest';
import { countValues } from './counters.ts';
import { hiddenKey, hideRareValues, valueCloak } from './hidden-value.ts';
import { learnCategoricalBinning, learnNumericBinning } from './learn-binning.ts';

const hide = (text: string) => hiddenKey(`of ${text}`);
const rows = new Map([
  ['DE', 40],
  ['FR', 20],
  ['AT', 19],
  ['LU', 1],
  ['hmac:DE', 30],
]);
const learned = learnCategoricalBinning(rows, 3);
const hidden = hideRareValues(learned, rows, hide);

describe('a value that fewer than 20 rows carried', () => {
  it('is in no binning as text, and one that looks like a key is neither', () => {
    expect(hidden).toEqual({
      kind: 'categorical',
      categories: ['DE', 'hmac:of hmac:DE', 'FR'],
      tail: ['hmac:of AT', 'hmac:of LU'],
    });
  });

  it('counts in the same bin as before, and values never seen are new', () => {
    const values = ['DE', 'FR', 'AT', 'LU', 'hmac:DE', 'XX', 7, true, null, Number.NaN, {}, 'hmac:of AT'];
    const cloak = valueCloak(hidden, hide);
    expect(countValues(hidden, values.map(cloak))).toEqual(countValues(learned, values));
  });

  it('costs nothing where a binning hides nothing', () => {
    const unasked = () => {
      throw new Error('Nothing is to be hidden.');
    };
    const plain = learnCategoricalBinning(new Map([['DE', 40]]));
    for (const binning of [plain, learnNumericBinning([1, 2, 3])])
      expect(valueCloak(binning, unasked)('never seen')).toBe('never seen');
  });
});
