import { expect, it } from 'vitest';
import { histogramCsv, histogramSentence, prepareHistogram } from './prepare-histogram.ts';

const binning = { kind: 'categorical', categories: ['DE', '=FR'], tail: [] } as const;
const sides = [
  { key: 'reference', label: 'Reference', counts: [75, 25] },
  { key: 'current', label: 'Current', counts: [5, 5] },
];

it('sides of different size are compared by their shares', () => {
  const { bins, most } = prepareHistogram(binning, sides);
  expect(bins.map(({ bars }) => bars.map(({ share }) => share))).toEqual([
    [0.75, 0.5],
    [0.25, 0.5],
  ]);
  expect(most).toBe(0.75);
});

it('the sentence names where they differ most, and says when there is nothing to compare', () => {
  expect(histogramSentence('Country', prepareHistogram(binning, sides))).toBe(
    'Country, Reference to Current: DE from 75.0 % to 50.0 %; =FR from 25.0 % to 50.0 %.',
  );
  const empty = prepareHistogram(binning, [{ key: 'a', label: 'A', counts: [0, 0] }, ...sides]);
  expect(histogramSentence('Country', empty)).toContain('no rows on both sides');
  expect(empty.bins[0]?.bars[0]?.share).toBeNull();
});

it('the CSV has whole rows, and no cell that a spreadsheet would run', () => {
  expect(histogramCsv(prepareHistogram(binning, sides))).toBe(
    '"bin","Reference","Current"\r\n"DE",75,5\r\n"\'=FR",25,5\r\n',
  );
});
