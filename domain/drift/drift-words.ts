import { figureText, shareText } from '../figure-text.ts';
import type { DriftTest } from './drift-tests.ts';
import type { WindowLength } from './window-clock.ts';

/** What is judged of a feature, as a noun. */
export const testWords: Readonly<Record<DriftTest, string>> = {
  distribution: 'distribution',
  null: 'nulls',
  unreadable: 'unreadable values',
  new: 'new values',
  range: 'values out of range',
};

const pointsText = (share: number): string => `${shareText(share).replace(' %', '')} percentage points`;

/** An effect in its unit: "PSI 0.31", "4.2 percentage points". */
export function effectText(test: DriftTest, effect: number): string {
  return test === 'distribution' ? `PSI ${figureText(effect)}` : pointsText(effect);
}

/** What moved and by how much, as a clause. */
export function driftText(test: DriftTest, effect: number): string {
  return test === 'distribution'
    ? `its distribution moved by ${effectText(test, effect)}`
    : `its share of ${testWords[test]} changed by ${effectText(test, effect)}`;
}

export const lengthWords: Readonly<Record<WindowLength, string>> = {
  fiveMinutes: '5 minutes',
  hour: 'hour',
  day: 'day',
  week: 'week',
};
