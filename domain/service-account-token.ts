import * as z from 'zod';
import { clockSkewSentence, clockToleranceSeconds, instantText, skewSeconds } from './clock-skew.ts';

const seconds = z.number().int().nonnegative();
const claimsSchema = z.looseObject({
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  iat: seconds.optional(),
  nbf: seconds.optional(),
  exp: seconds.optional(),
  'kubernetes.io': z
    .looseObject({ namespace: z.string(), serviceaccount: z.looseObject({ name: z.string() }) })
    .optional(),
});

/** What a token says about itself; nothing of it is proven. */
export type TokenClaims = {
  readonly issuer: string | null;
  readonly audiences: readonly string[];
  readonly issuedAt: Date | null;
  readonly notBefore: Date | null;
  /** Null for a token without an end. */
  readonly expiresAt: Date | null;
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | null;
};

function decoded(part: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (byte) =>
      byte.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

const instant = (at: number | undefined): Date | null => (at === undefined ? null : new Date(at * 1000));

/** Reads the claims of a JWT (RFC 7519) without checking its signature; null for a token of another form. */
export function tokenClaims(token: string): TokenClaims | null {
  const parts = token.split('.');
  const found = parts.length === 3 ? claimsSchema.safeParse(decoded(parts[1] ?? '')) : null;
  if (found?.success !== true) return null;
  const { iss, aud, iat, nbf, exp, 'kubernetes.io': kubernetes } = found.data;
  return {
    issuer: iss ?? null,
    audiences: aud === undefined ? [] : [aud].flat(),
    issuedAt: instant(iat),
    notBefore: instant(nbf),
    expiresAt: instant(exp),
    serviceAccount:
      kubernetes === undefined
        ? null
        : { namespace: kubernetes.namespace, name: kubernetes.serviceaccount.name },
  };
}

/** A token is renewed when this share of its life is over. */
export const renewalShare = 0.8;
/** The API server gives no token a shorter life. */
const shortestLifeSeconds = 600;

/** Life of a token in seconds, at least 600; null when it does not end. */
export function tokenLifeSeconds({ issuedAt, notBefore, expiresAt }: TokenClaims): number | null {
  const from = issuedAt ?? notBefore;
  if (expiresAt === null || from === null) return null;
  return Math.max(shortestLifeSeconds, Math.round((expiresAt.getTime() - from.getTime()) / 1000));
}

/** When to ask for a new token; null for one that does not end or names no service account. */
export function renewalDueAt(claims: TokenClaims, share = renewalShare): Date | null {
  const life = tokenLifeSeconds(claims);
  if (life === null || claims.expiresAt === null || claims.serviceAccount === null) return null;
  return new Date(claims.expiresAt.getTime() - life * 1000 * (1 - share));
}

type Clocks = {
  /** The API server's, by the date of its answer. */
  readonly server: Date;
  /** Fairlead's. */
  readonly own: Date;
};

/**
 * Why an API server may refuse a token, by the token's own claims and both clocks: expired, not yet valid (the clocks of
 * who issued and who checks differ), or not its own (other cluster, other audience, deleted account).
 */
export function refusedTokenReason(
  claims: TokenClaims | null,
  clocks: Clocks,
): { detail: string; fix: string } {
  const again = 'Make a new token with the command and store it here.';
  if (claims === null)
    return {
      detail: 'the API server does not accept it, and it is no service account token (a JWT)',
      fix: `Paste what the token command prints. ${again}`,
    };
  const { expiresAt, issuer, audiences } = claims;
  const from = claims.notBefore ?? claims.issuedAt;
  if (expiresAt !== null && expiresAt <= clocks.server) return expiredReason(expiresAt, clocks, again);
  if (from !== null && skewSeconds({ theirs: from, ours: clocks.server }) > clockToleranceSeconds)
    return {
      detail: `it is not valid before ${instantText(from)}, but the API server's clock says ${instantText(clocks.server)}`,
      fix: 'Set the clocks: that of the API server and that of whoever issued the token differ.',
    };
  return {
    detail: `the API server does not accept it; it was issued by ${issuer ?? 'nobody it names'} for ${audiences.join(', ') || 'no audience it names'}`,
    fix: `It is a token of another cluster or for another audience, or its service account was deleted. ${again}`,
  };
}

/** An end that has come for the API server alone is the fault of a clock: a new token would fare no better. */
function expiredReason(
  expiresAt: Date,
  { server, own }: Clocks,
  again: string,
): { detail: string; fix: string } {
  const skew = skewSeconds({ theirs: server, ours: own });
  if (expiresAt <= own || skew <= clockToleranceSeconds)
    return { detail: `it expired at ${instantText(expiresAt)}`, fix: again };
  return {
    detail: `it expired at ${instantText(expiresAt)} for the API server alone. ${clockSkewSentence({ whose: 'the API server', theirs: server, ours: own })}`,
    fix: 'Let both follow the same time source (NTP); the token is then good again.',
  };
}
