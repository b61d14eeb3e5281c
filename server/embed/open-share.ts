import { timingSafeEqual } from 'node:crypto';
import { compactVerify } from 'jose';
import * as z from 'zod';
import { answersAt, judgeClaims } from '../../domain/share/token-policy.ts';
import type { Site } from '../http/request-context.ts';
import { log } from '../log.ts';
import { liveSecrets, readShare, type ShareRow } from '../rows/share-rows.ts';
import { secretHash } from '../secret.ts';

/** `closed`: unknown, expired, paused, revoked, or the database is away; `unauthorized`: it is there, the credential opens nothing. */
export type Opened =
  | { readonly state: 'open'; readonly row: ShareRow; readonly now: Date; readonly viewer: string }
  | { readonly state: 'closed' }
  | { readonly state: 'unauthorized' };

const closed: Opened = { state: 'closed' };
const unauthorized: Opened = { state: 'unauthorized' };
const idSchema = z.uuid();
const longestCredential = 4_096;

/** The row as it is now, if it answers at all; a database that cannot be asked is a no. */
export async function standingShare(site: Site, id: string): Promise<{ row: ShareRow; now: Date } | null> {
  if (!idSchema.safeParse(id).success) return null;
  try {
    const found = await readShare(site.db, id);
    return found !== null && answersAt(found.row, found.now) ? found : null;
  } catch (error) {
    log.warn({ error, shareId: id }, 'A share could not be read, so it stays closed.');
    return null;
  }
}

type Asked = { readonly id: string; readonly kind: ShareRow['kind']; readonly credential: string | null };

/** Reads the row before every answer, then judges the credential: the secret of a link or picture, or a token that the host signed. */
export async function openShare(site: Site, { id, kind, credential }: Asked): Promise<Opened> {
  const found = await standingShare(site, id);
  if (found === null || found.row.kind !== kind) return closed;
  if (credential === null || credential.length > longestCredential) return unauthorized;
  const { row, now } = found;
  if (row.secretHash !== null)
    return isSame(row.secretHash, secretHash(credential))
      ? { state: 'open', row, now, viewer: '' }
      : unauthorized;
  const claims = await signedClaims(site, { id, token: credential });
  const judged = judgeClaims(claims, {
    shareId: row.id,
    nowMs: now.getTime(),
    revokedBeforeMs: row.revokedBefore?.getTime() ?? null,
  });
  return judged.problem === null ? { state: 'open', row, now, viewer: judged.viewer } : unauthorized;
}

/** The claims when one of the live secrets signed them by HS256, whatever the header says; null otherwise. */
async function signedClaims(site: Site, { id, token }: { id: string; token: string }): Promise<unknown> {
  const secrets = await liveSecrets(site.db, { shareId: id, keys: site.instanceKeys });
  for (const { secret } of secrets) {
    try {
      const { payload } = await compactVerify(token, new TextEncoder().encode(secret), {
        algorithms: ['HS256'],
      });
      return JSON.parse(new TextDecoder().decode(payload)) as unknown;
    } catch {
      // Signed by another secret, or by none.
    }
  }
  return null;
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
