import { describe, expect, it } from 'vitest';
import { claimMove, isStaleClaim } from './namespace-claim.ts';

const now = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const wish = { instanceId: 'us', wanted: true, takeFrom: null };
const theirs = (seconds: number) => ({ holder: 'them', renewedAt: ago(seconds) });
const ours = (seconds: number) => ({ holder: 'us', renewedAt: ago(seconds) });
const given = { ...wish, wanted: false };
const taking = { ...wish, takeFrom: 'them' };

describe('a namespace', () => {
  it.each([
    ['that nobody claims is claimed', null, wish, 'write'],
    ['that was given back is claimed', { holder: '', renewedAt: ago(1) }, wish, 'write'],
    ['of ours is left alone while fresh', ours(29), wish, 'hold'],
    ['of ours is renewed after half a minute', ours(30), wish, 'write'],
    ['of ours is renewed however old it is', ours(9_999), wish, 'write'],
    ['of another Fairlead is not touched', theirs(5), wish, 'blocked'],
    ['of a silent one is not touched without a word', theirs(9_999), wish, 'blocked'],
    ['of a silent one is taken by an admin’s word', theirs(120), taking, 'write'],
    ['of one that lives again is not taken, whatever the word was', theirs(119), taking, 'blocked'],
    [
      'of a third one is not taken by a word about the second',
      { holder: 'it', renewedAt: null },
      taking,
      'blocked',
    ],
    ['that we gave up is released once', ours(5), given, 'release'],
    ['that we gave up stays given up', null, given, 'blocked'],
    ['that we gave up and another took is theirs', theirs(5), given, 'blocked'],
  ] as const)('%s', (_case, seen, asked, kind) => {
    expect(claimMove('fraud', { seen, wish: asked, now }).kind).toBe(kind);
  });

  it('says who manages it and what to do, by whether the other one lives', () => {
    const fixOf = (seconds: number) => {
      const move = claimMove('fraud', { seen: theirs(seconds), wish, now });
      if (move.kind !== 'blocked') throw new Error(move.kind);
      expect(move.blocker).toMatchObject({ code: 'namespaceClaimed', params: { holder: 'them' } });
      return move.blocker.fix;
    };
    expect(fixOf(5)).toContain('Stop it');
    expect(fixOf(500)).toContain('take the namespace over');
  });

  it('is stale after two minutes, and without a time', () => {
    expect([isStaleClaim(theirs(119), now), isStaleClaim(theirs(120), now)]).toEqual([false, true]);
    expect(isStaleClaim({ holder: 'x', renewedAt: null }, now)).toBe(true);
  });
});
