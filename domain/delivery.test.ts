import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostAttempts, nextAttempt, outcomeOfStatus, retryAfterMs, retryDelayMs } from './delivery.ts';

const answer = { schema: 1, status: null, text: '', tookMs: 1 } as const;
const chance = { most: mostAttempts, random: 0, askedMs: 0 };

describe('an attempt', () => {
  it.each([
    [200, 'accepted'],
    [202, 'accepted'],
    [400, 'refused'],
    [401, 'refused'],
    [410, 'refused'],
    [404, 'failed'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
    [502, 'lost'],
    [504, 'lost'],
  ] as const)('that is answered with %i counts as %s', (status, outcome) => {
    expect(outcomeOfStatus(status)).toBe(outcome);
  });

  it('that was accepted or refused is the last, one that failed is not until its turns are used up', () => {
    expect(nextAttempt({ ...answer, outcome: 'accepted' }, { ...chance, attempts: 1 }).state).toBe('sent');
    expect(nextAttempt({ ...answer, outcome: 'refused' }, { ...chance, attempts: 1 }).state).toBe('dead');
    for (const outcome of ['failed', 'lost'] as const) {
      expect(nextAttempt({ ...answer, outcome }, { ...chance, attempts: mostAttempts - 1 }).state).toBe(
        'waiting',
      );
      expect(nextAttempt({ ...answer, outcome }, { ...chance, attempts: mostAttempts }).state).toBe('dead');
    }
  });

  it('waits for as long as the receiver asks when that is longer', () => {
    const next = nextAttempt({ ...answer, outcome: 'failed' }, { ...chance, attempts: 1, askedMs: 90_000 });
    expect(next).toEqual({ state: 'waiting', afterMs: 90_000 });
  });

  it('is repeated after twice the time, between half and all of it, at most after an hour', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempts, random) => {
          const longest = Math.min(3_600_000, 5_000 * 2 ** (attempts - 1));
          const delay = retryDelayMs(attempts, random);
          expect(delay).toBeGreaterThanOrEqual(Math.floor(longest / 2));
          expect(delay).toBeLessThanOrEqual(longest);
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-06-10T12:00:00Z');
  it.each([
    ['120', 120_000],
    ['Wed, 10 Jun 2026 12:00:30 GMT', 30_000],
    ['Wed, 10 Jun 2026 11:00:00 GMT', 0],
    ['999999', 3_600_000],
    ['soon', 0],
    ['', 0],
  ])('%j means %i ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});
