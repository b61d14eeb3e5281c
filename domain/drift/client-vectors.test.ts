import { describe, expect, it } from 'vitest';
import { seededRandom } from '../analysis/simulated-counts.ts';
import { learnNumericBinning } from './learn-binning.ts';
import { TrainingCensus } from './training-census.ts';

const random = seededRandom(26);
const many = <Value>(count: number, of: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => of(index));
/** Numbers that JSON has no word for. */
const sent = (value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? { notFinite: String(value) } : value;

const odd = [null, Number.NaN, Infinity, -Infinity, 'text', true, 1e300, -1e300, 5e-324, -0];
const known = learnNumericBinning(many(500, (index) => (index / 10) ** 2));
const tables: Record<string, readonly unknown[]> = {
  squares: many(500, (index) => (index / 100) ** 2),
  thirds: many(300, (index) => (index - 150) / 3),
  zeroInflated: many(400, (index) => (index % 5 < 3 ? 0 : index / 7)),
  normalLike: many(600, () => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6)),
  ordered: many(200, (index) => (index * 7) % 11),
  constant: many(50, () => 0.1),
  integersBeyondTwenty: many(300, (index) => (index * 31) % 101),
  tiny: many(120, (index) => index * 1e-310),
  huge: many(120, (index) => (index - 60) * 2.5e306),
  scores: many(700, (index) => ((index * 389) % 701) / 701),
  rareScores: many(500, (index) => ((index % 100) / 100) ** 6),
  scoresWithPoints: many(400, (index) => [0, 1, 0.5][index % 6] ?? ((index * 31) % 397) / 397),
  halves: many(100, (index) => index / 2 - 20),
  oddAmongNumbers: [...many(200, (index) => index / 3), ...odd],
  oddAmongTexts: [...many(200, (index) => ['DE', 'FR', 'äöü', '😀'][index % 4]), ...odd, 7, 2.5],
  booleans: many(60, (index) => index % 3 === 0),
  longTexts: many(60, (index) => (index % 2 === 0 ? 'x'.repeat(300) : 'y'.repeat(256))),
  mails: many(60, (index) => `a${index % 4}@example.com`),
  cards: many(60, () => '4111 1111 1111 1111'),
  ibans: many(60, () => 'DE89 3704 0044 0532 0130 00'),
  phones: many(60, () => '+49 170 1234567'),
  dates: many(60, (index) => `2026-11-0${(index % 9) + 1}`),
  distinct: many(60, (index) => `user ${index}`),
  lists: many(30, () => [1, 2]),
  nothing: many(30, () => null),
};

function columnOf(values: readonly unknown[], as: 'input' | 'known' | 'prediction') {
  const census = new TrainingCensus({
    predictions: new Set(as === 'prediction' ? ['column'] : []),
    known: as === 'known' ? new Map([['column', known]]) : new Map(),
  });
  census.look('column', values);
  census.learn();
  census.count('column', values);
  return census.result(values.length).columns[0] ?? null;
}

/** More values than bins are learned from; both sides make them by the same rule. */
const longRule = (index: number) => ((index * 7919) % 100_003) / 7;

describe('the vectors that the Python client is tested with', () => {
  it('are what this console counts (delete the file to write it anew)', async () => {
    const cases = Object.entries(tables).map(([name, values]) => ({
      name,
      values: values.map(sent),
      own: columnOf(values, 'input'),
      onKnown: columnOf(values, 'known'),
      predicted: columnOf(values, 'prediction'),
    }));
    const long = columnOf(many(130_000, longRule), 'input');
    const text = `${JSON.stringify({ known, cases, long })}\n`;
    await expect(text).toMatchFileSnapshot('../../clients/python/tests/vectors.jsonl');
  });
});
