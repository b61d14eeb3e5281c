/** Longest time between `iat` and `exp`. */
const longestTokenSeconds = 15 * 60;
/** How far a host's clock may be ahead. */
const aheadSeconds = 30;
const longestViewer = 64;
const embedAudience = 'embed';

type Judging = { readonly shareId: string; readonly nowMs: number; readonly revokedBeforeMs: number | null };

export type TokenJudgement =
  | { readonly problem: string }
  | { readonly problem: null; readonly viewer: string };

const known = new Set(['aud', 'sub', 'iat', 'exp', 'viewer']);

/**
 * Judges the claims of a token whose signature was checked: aud "embed", sub this embed, iat at most 30 s ahead, exp at
 * most 15 min after iat and not reached (no leeway), iat not before what was revoked, optional viewer of at most 64
 * characters, nothing else. Times are the database's.
 */
export function judgeClaims(claims: unknown, { shareId, nowMs, revokedBeforeMs }: Judging): TokenJudgement {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return no('claims');
  const { aud, sub, iat, exp, viewer = '' } = claims as Record<string, unknown>;
  if (Object.keys(claims).some((name) => !known.has(name))) return no('unknownClaim');
  if (aud !== embedAudience) return no('aud');
  if (sub !== shareId) return no('sub');
  if (!isTime(iat) || !isTime(exp)) return no('times');
  if (iat * 1_000 > nowMs + aheadSeconds * 1_000) return no('iatAhead');
  if (exp <= iat || exp - iat > longestTokenSeconds) return no('tooLong');
  if (exp * 1_000 <= nowMs) return no('expired');
  if (revokedBeforeMs !== null && iat * 1_000 < revokedBeforeMs) return no('revoked');
  if (typeof viewer !== 'string' || Array.from(viewer).length > longestViewer) return no('viewer');
  return { problem: null, viewer };
}

const no = (problem: string): TokenJudgement => ({ problem });

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

type Standing = { readonly status: 'active' | 'paused' | 'revoked'; readonly expiresAt: Date };

/** Whether a share answers at all; a paused, revoked or expired one says the same as one that never was. */
export function answersAt({ status, expiresAt }: Standing, now: Date): boolean {
  return status === 'active' && expiresAt.getTime() > now.getTime();
}
