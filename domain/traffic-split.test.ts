import { describe, expect, it } from 'vitest';
import { logChoose } from './analysis/log-choose.ts';
import { splitAgreement } from './traffic-split.ts';

describe('splitAgreement', () => {
  it('says nothing below 20 requests', () => {
    expect(splitAgreement({ nCanary: 0, nStable: 19 }, 50)).toBe('tooFew');
    expect(splitAgreement({ nCanary: 0, nStable: 20 }, 50)).toBe('outside');
  });

  it.each([
    [500, 500, 50, 'inside'],
    [430, 570, 50, 'outside'],
    [5, 95, 5, 'inside'],
    [20, 80, 5, 'outside'],
    [0, 100, 5, 'inside'],
    [0, 400, 5, 'outside'],
    [1_000, 0, 100, 'inside'],
    [998, 2, 100, 'inside'],
    [900, 100, 100, 'outside'],
    [0, 5_000, 1, 'outside'],
  ] as const)('%i canary and %i stable requests at weight %i are %s', (nCanary, nStable, weight, answer) => {
    expect(splitAgreement({ nCanary, nStable }, weight)).toBe(answer);
  });

  it('is wrong about a gateway that splits as asked at most once in ten thousand looks', () => {
    for (const weight of [5, 25, 50]) {
      const share = weight / 100;
      let wrong = 0;
      for (let k = 0; k <= 300; k += 1) {
        const logPmf = logChoose(300, k) + k * Math.log(share) + (300 - k) * Math.log(1 - share);
        if (splitAgreement({ nCanary: k, nStable: 300 - k }, weight) === 'outside') wrong += Math.exp(logPmf);
      }
      expect(wrong).toBeGreaterThan(1e-6);
      expect(wrong).toBeLessThanOrEqual(1e-4);
    }
  });
});
