import { expect, it } from 'vitest';
import { noRows } from './counters.ts';
import { measuresOf } from './evidently-notes.ts';
import { learnNumericBinning } from './learn-binning.ts';
import { driftStatistics } from './statistics.ts';

const binning = learnNumericBinning([1, 2, 3]);
const counted = (counts: number[]) => ({ ...noRows(binning), counts });

it('each note gives the figure that Evidently’s rule has on the same bins', () => {
  const statistics = driftStatistics(binning, {
    reference: counted([100, 100, 100]),
    current: counted([200, 100, 0]),
  });
  const [psi, jensenShannon] = measuresOf(statistics);
  expect(psi?.note).toContain(statistics.psiAsEvidently?.toPrecision(3));
  expect(jensenShannon?.note).toContain(((statistics.jensenShannon ?? 0) * 0.8325546).toPrecision(3));
});

it('without rows there is a note and no figure', () => {
  const none = driftStatistics(binning, { reference: noRows(binning), current: noRows(binning) });
  for (const { value, note } of measuresOf(none)) {
    expect(value).toBeNull();
    expect(note).not.toContain('NaN');
  }
});
