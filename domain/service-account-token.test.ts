import { describe, expect, it } from 'vitest';
import { refusedTokenReason, renewalDueAt, tokenClaims, tokenLifeSeconds } from './service-account-token.ts';

const base64url = (value: unknown): string =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const jwt = (claims: object): string => `${base64url({ alg: 'RS256' })}.${base64url(claims)}.c2lnbmF0dXJl`;

const noon = Date.UTC(2026, 0, 1, 12) / 1000;
const bound = {
  iss: 'https://kubernetes.default.svc',
  aud: ['https://kubernetes.default.svc'],
  iat: noon,
  nbf: noon,
  exp: noon + 3_600,
  'kubernetes.io': { namespace: 'fairlead', serviceaccount: { name: 'fairlead', uid: 'u' } },
};
const claims = (more: object = {}) => {
  const found = tokenClaims(jwt({ ...bound, ...more }));
  if (found === null) throw new Error('no claims');
  return found;
};
const at = (seconds: number) => new Date((noon + seconds) * 1000);

describe('a service account token', () => {
  it('says whose it is and when it ends', () => {
    expect(claims()).toEqual({
      issuer: bound.iss,
      audiences: bound.aud,
      issuedAt: at(0),
      notBefore: at(0),
      expiresAt: at(3_600),
      serviceAccount: { namespace: 'fairlead', name: 'fairlead' },
    });
  });

  it.each(['', 'abc', 'a.b.c', `${base64url({})}.${base64url('text')}.x`, 'e30.!!!.x'])(
    'of another form (%j) has no claims',
    (text) => {
      expect(tokenClaims(text)).toBeNull();
    },
  );

  it('is due for renewal at 80 % of its life', () => {
    expect(renewalDueAt(claims())).toEqual(at(2_880));
    expect(tokenLifeSeconds(claims())).toBe(3_600);
  });

  it('is asked for again with at least the shortest life that an API server gives', () => {
    expect(tokenLifeSeconds(claims({ exp: noon + 60 }))).toBe(600);
  });

  it('without an end, or of no service account, is never due', () => {
    expect(renewalDueAt(claims({ exp: undefined }))).toBeNull();
    expect(renewalDueAt(claims({ 'kubernetes.io': undefined }))).toBeNull();
  });
});

describe('a refused token', () => {
  it.each([
    ['that has expired', claims(), at(3_600), 'it expired at 2026-01-01T13:00:00Z'],
    ['from a clock that runs ahead', claims({ nbf: noon + 600 }), at(0), 'it is not valid before'],
    ['of another cluster', claims({ iss: 'https://other' }), at(10), 'it was issued by https://other'],
    ['that is no JWT', null, at(0), 'no service account token'],
  ])('%s has its own sentence and a fix', (_case, found, now, words) => {
    const { detail, fix } = refusedTokenReason(found, { server: now, own: now });
    expect(detail).toContain(words);
    expect(fix).not.toBe('');
  });

  it('that ended for the API server alone is the fault of a clock, and both are named', () => {
    const { detail, fix } = refusedTokenReason(claims(), { server: at(3_900), own: at(3_000) });
    expect(detail).toContain('for the API server alone');
    expect(detail).toContain(
      "says 2026-01-01T13:05:00Z, Fairlead's says 2026-01-01T12:50:00Z: 15 minutes ahead",
    );
    expect(fix).toContain('NTP');
    const both = refusedTokenReason(claims(), { server: at(3_630), own: at(3_590) });
    expect(both.detail).toBe('it expired at 2026-01-01T13:00:00Z');
  });

  it('is not blamed on clocks that differ by less than a minute', () => {
    expect(
      refusedTokenReason(claims({ nbf: noon + 50 }), { server: at(0), own: at(0) }).detail,
    ).not.toContain('clock');
  });
});
