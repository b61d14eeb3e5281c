import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/client.ts';
import type { Principal } from '../../domain/principal.ts';
import { databaseClock } from '../clock.ts';
import type { Context } from '../context.ts';
import type { InstanceKey } from '../instance-key.ts';
import { sessionPrincipal, tokenPrincipal, touchSession } from '../principals.ts';
import { secretHash, tokenPrefix } from '../secret.ts';

/** What the HTTP side of this process shares. */
export type Site = {
  readonly db: Database;
  readonly publicUrl: string;
  readonly secure: boolean;
  readonly workerPublicKey: string;
  readonly instanceKeys: readonly InstanceKey[];
};

/** `__Host-` needs https; over plain http the name goes without, with a banner on the page. */
export function sessionCookieName(site: Pick<Site, 'secure'>): string {
  return site.secure ? '__Host-fairlead' : 'fairlead';
}

export type HeaderReader = (name: string) => string | null;

/** Turns request headers into a Context; a bearer token wins over the cookie, an unknown credential is nobody. */
export async function contextFor(site: Site, header: HeaderReader): Promise<Context> {
  const credential = credentialOf(site, header);
  const principal = await principalFor(site.db, credential);
  return {
    db: site.db,
    clock: databaseClock,
    principal,
    requestId: randomUUID(),
    idempotencyKey: shortText(header('idempotency-key')),
    sessionIdHash: credential?.kind === 'session' && principal !== null ? credential.idHash : null,
    origin: 'live',
    publicUrl: site.publicUrl,
    workerPublicKey: site.workerPublicKey,
    instanceKeys: site.instanceKeys,
  };
}

type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'session'; readonly idHash: string };

/** A request that brings a bearer token is judged by it alone. */
function credentialOf(site: Site, header: HeaderReader): Credential | null {
  const bearer = /^Bearer\s+(\S+)$/i.exec(header('authorization') ?? '')?.[1];
  if (bearer !== undefined) return { kind: 'token', token: bearer };
  const secret = cookieValue(header('cookie') ?? '', sessionCookieName(site));
  return secret === null ? null : { kind: 'session', idHash: secretHash(secret) };
}

async function principalFor(db: Database, credential: Credential | null): Promise<Principal | null> {
  if (credential === null) return null;
  if (credential.kind === 'token')
    return credential.token.startsWith(tokenPrefix) ? await tokenPrincipal(db, credential.token) : null;
  const principal = await sessionPrincipal(db, credential.idHash);
  if (principal !== null) await touchOncePerMinute(db, credential.idHash);
  return principal;
}

const touchedAt = new Map<string, number>();

/** Keeps the session alive without a write per request. */
async function touchOncePerMinute(db: Database, idHash: string): Promise<void> {
  const now = performance.now();
  if (now - (touchedAt.get(idHash) ?? -Infinity) < 60_000) return;
  if (touchedAt.size > 10_000) touchedAt.clear();
  touchedAt.set(idHash, now);
  await touchSession(db, idHash);
}

/** Value of one cookie in a `cookie` header, or null. */
export function cookieValue(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return null;
}

function shortText(text: string | null): string | null {
  return text === null || text === '' || text.length > 200 ? null : text;
}
