import { and, eq } from 'drizzle-orm';
import { type Database, transaction } from '../../db/client.ts';
import { cluster as clusterTable } from '../../db/schema/environments.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { instantText } from '../../domain/clock-skew.ts';
import { type Blocker, blocker, DomainError } from '../../domain/refusal.ts';
import { renewalDueAt, type TokenClaims, tokenClaims } from '../../domain/service-account-token.ts';
import { notifyChange } from '../audit/append.ts';
import { databaseClock } from '../clock.ts';
import type { KubernetesAccess } from '../cluster/cluster.ts';
import { sealToken } from '../cluster/seal.ts';
import { log } from '../log.ts';
import { publicKeyOf } from '../worker-key.ts';
import { fence, type Lease } from './lease.ts';

export type RenewalOptions = {
  readonly db: Database;
  readonly clusterId: string;
  /** Of the row that the connection was opened from; another one means that an admin changed it since. */
  readonly generation: number;
  readonly access: KubernetesAccess;
  readonly workerPrivateKey: string;
  /** Share of its life after which a token is renewed. */
  readonly share: number;
};

type Row = Pick<typeof clusterTable.$inferSelect, 'name' | 'sealedToken' | 'tokenExpiresAt' | 'tokenProblem'>;

const anAdmin = 'an instance admin';

function problemOf(name: string, claims: TokenClaims, why: { words: string; fix: string | null }): Blocker {
  const at = claims.expiresAt === null ? '' : instantText(claims.expiresAt);
  return blocker({
    code: 'tokenExpiring',
    message: `The token of ${name} ends at ${at} and is not renewed: ${why.words}`,
    params: { cluster: name },
    fix: why.fix ?? 'Make a new token with the command and store it by "Change connection".',
    owner: anAdmin,
    until: claims.expiresAt,
  });
}

const notAllowed = {
  words: 'its service account may not create tokens for itself.',
  fix: 'Apply the Role fairlead-token of the manifest, or store a new token by "Change connection".',
};

/**
 * Renews the token of a cluster once it is due, by TokenRequest on its own service account: the new one is sealed and
 * stored under the lease's fence and only where the old one still stands, and then used; watches stay open. What keeps
 * it from being renewed is stored as a blocker, before it is due too. Throws LeaseLost and what the database throws.
 */
export async function renewToken(options: RenewalOptions, lease: Lease): Promise<'renewed' | 'kept'> {
  const { db, clusterId, generation, access, share } = options;
  const claims = await access.claims();
  const rows = await db
    .select()
    .from(clusterTable)
    .where(and(eq(clusterTable.id, clusterId), eq(clusterTable.generation, generation)));
  const row = rows[0];
  if (row === undefined || claims === null || claims.expiresAt === null) return 'kept';
  const dueAt = renewalDueAt(claims, share);
  const now = await databaseClock(db);
  try {
    if (dueAt !== null && dueAt <= now) return await renewNow(options, { row, lease });
    const problem = (await access.mayRenew()) ? null : problemOf(row.name, claims, notAllowed);
    await saveState(options, { row, lease, claims, problem });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, message, fix } = error.refusal;
    // An API server that does not answer says nothing about the token, and other blockers say so.
    if (code === 'clusterUnreachable' && (dueAt === null || dueAt > now)) return 'kept';
    const why = /cannot create resource "serviceaccounts\/token"/.test(message)
      ? notAllowed
      : { words: message, fix };
    await saveState(options, { row, lease, claims, problem: problemOf(row.name, claims, why) });
  }
  return 'kept';
}

async function renewNow(
  { db, clusterId, access, workerPrivateKey }: RenewalOptions,
  { row, lease }: { row: Row; lease: Lease },
): Promise<'renewed' | 'kept'> {
  const token = await access.newToken();
  const tokenExpiresAt = tokenClaims(token)?.expiresAt ?? null;
  const sealedToken = sealToken(publicKeyOf(workerPrivateKey), token, clusterId);
  const stored = await transaction(db, async (tx) => {
    await fence(tx, lease);
    const changed = await tx
      .update(clusterTable)
      .set({ sealedToken, tokenExpiresAt, tokenProblem: null })
      .where(and(eq(clusterTable.id, clusterId), eq(clusterTable.sealedToken, row.sealedToken ?? '')))
      .returning({ id: clusterTable.id });
    if (changed.length > 0) await notifyChange(tx, { projectId: null, topic: 'cluster', id: clusterId });
    return changed.length > 0;
  });
  if (!stored) return 'kept';
  access.useToken(token);
  log.info({ cluster: row.name, tokenExpiresAt }, 'The token of a cluster was renewed.');
  return 'renewed';
}

/** Writes only what is new, so that a token at rest costs no write. */
async function saveState(
  { db, clusterId }: RenewalOptions,
  { row, lease, claims, problem }: { row: Row; lease: Lease; claims: TokenClaims; problem: Blocker | null },
): Promise<void> {
  const sameEnd = row.tokenExpiresAt?.getTime() === claims.expiresAt?.getTime();
  if (sameEnd && canonicalJson(row.tokenProblem) === canonicalJson(problem)) return;
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    await tx
      .update(clusterTable)
      .set({ tokenExpiresAt: claims.expiresAt, tokenProblem: problem })
      .where(and(eq(clusterTable.id, clusterId), eq(clusterTable.sealedToken, row.sealedToken ?? '')));
    await notifyChange(tx, { projectId: null, topic: 'cluster', id: clusterId });
  });
}
