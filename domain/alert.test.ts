import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertSighting, type AlertState, followAlert } from './alert.ts';
import { after } from './example-rollout.ts';

const calmMs = 300_000;

/** What is told when one look a minute sees this. */
function told(seen: readonly AlertSighting[]): string[] {
  let state: AlertState | null = null;
  return seen.flatMap((sighting, minute) => {
    const step: ReturnType<typeof followAlert> = followAlert(state, sighting, {
      now: after(60 * minute),
      calmMs,
    });
    state = step.state;
    return step.told === null ? [] : [`${step.told} ${minute}`];
  });
}

const many = (sighting: AlertSighting, count: number) => Array.from({ length: count }, () => sighting);

describe('an alert', () => {
  it('is told once when it starts and once when it has been calm long enough', () => {
    expect(told([...many('bad', 4), ...many('calm', 10), ...many('bad', 2)])).toEqual([
      'started 0',
      'ended 9',
      'started 14',
    ]);
  });

  it('does not flap with what flaps faster than its calm time', () => {
    expect(told(Array.from({ length: 40 }, (_, at) => (at % 5 === 0 ? 'bad' : 'calm')))).toEqual([
      'started 0',
    ]);
  });

  it('neither starts nor ends where nothing is known', () => {
    expect(told(many('unknown', 20))).toEqual([]);
    expect(told(['bad', ...many('unknown', 20)])).toEqual(['started 0']);
  });

  it('tells its start and its end by turns, whatever is seen', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<AlertSighting>('bad', 'calm', 'unknown')), (seen) => {
        const words = told(seen).map((each) => each.split(' ')[0]);
        words.forEach((word, index) => expect(word).toBe(index % 2 === 0 ? 'started' : 'ended'));
      }),
    );
  });
});
