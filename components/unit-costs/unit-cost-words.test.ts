import { describe, expect, it } from 'vitest';
import { cacheText, loadLackText, ratioText, tokenLackText, unitText, zeroText } from './unit-cost-words.ts';

describe('a unit cost in words', () => {
  it.each([
    [null, '–'],
    [2_500_000n, '$0.0025'],
    [2_500_000_000n, '$2.50'],
    [0n, '$0.00'],
  ])('of %s nano is %s', (nano, text) => {
    expect(unitText(nano, 'USD')).toBe(text);
  });

  it.each([
    [4.75, 'A request of the canary costs 4.75 times one of stable.'],
    [0.5, 'A request of stable costs 2.00 times one of the canary.'],
    [1.001, 'A request costs the same on both.'],
    [null, null],
  ])('at a ratio of %s says which is dearer', (ratio, text) => {
    expect(ratioText(ratio)).toBe(text);
  });

  it('that is not shown says why, never a 0', () => {
    expect(tokenLackText({ kind: 'notNamed' })).toBe(
      'Not shown: the metrics source names no token counters. The vLLM profile does; a custom one can.',
    );
    expect(tokenLackText({ kind: 'partly', share: 0.4 })).toBe(
      'Not shown: tokens were counted in 40 % of its time only.',
    );
    expect(loadLackText({ kind: 'neverBusy' })).toBe('it was not seen busy yet');
  });

  it('of the prefix cache and of standing at 0 say what they are', () => {
    expect(cacheText({ share: 0.4, savedNano: 3_000_000_000n, estimated: true }, 'USD')).toBe(
      '40 % of the prompt tokens came from the prefix cache, which saved $3.00, estimated by tokens.',
    );
    expect(zeroText({ zeroMs: 4 * 3_600_000, atMostNano: 1n })).toBe(
      'At 0 replicas for 4 h, at the size before; an upper bound',
    );
  });
});
