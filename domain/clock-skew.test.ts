import { expect, it } from 'vitest';
import { clockSkewSentence, skewSeconds } from './clock-skew.ts';

const ours = new Date('2026-11-26T12:00:00.400Z');

it.each([
  ['2026-11-26T12:05:00Z', 300, '5 minutes ahead'],
  ['2026-11-26T11:58:29Z', -91, '91 seconds behind'],
  ['2026-11-26T09:00:00Z', -10_800, '3 hours behind'],
])('a clock that says %s differs by %i seconds: "%s"', (theirs, seconds, words) => {
  const clocks = { theirs: new Date(theirs), ours };
  expect(skewSeconds(clocks)).toBe(seconds);
  expect(clockSkewSentence({ whose: 'Keycloak', ...clocks })).toBe(
    `The clock of Keycloak says ${theirs}, Fairlead's says 2026-11-26T12:00:00Z: ${words}, and at most 60 seconds are taken.`,
  );
});
