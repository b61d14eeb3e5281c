import { createHmac, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { driftValueKey } from '../../db/schema/drift.ts';
import { hiddenKey } from '../../domain/drift/hidden-value.ts';

const keyBytes = 32;
/** 128 bits tell values apart and keep binnings small. */
const hexDigits = 32;

type KeyedHash = (text: string) => string;

/** 32 hex digits of an HMAC under the project's own key, which is made once. */
export async function keyedHash(queries: Queries, projectId: string): Promise<KeyedHash> {
  const key = (await keyOf(queries, projectId)) ?? (await makeKey(queries, projectId));
  return (text) => createHmac('sha256', key).update(text, 'utf8').digest('hex').slice(0, hexDigits);
}

/** Makes the key that stands for a text of this project (domain/drift/hidden-value.ts). */
export async function valueHider(queries: Queries, projectId: string): Promise<(text: string) => string> {
  const hash = await keyedHash(queries, projectId);
  return (text) => hiddenKey(hash(text));
}

async function keyOf(queries: Queries, projectId: string): Promise<Uint8Array | null> {
  const [row] = await queries
    .select({ key: driftValueKey.key })
    .from(driftValueKey)
    .where(eq(driftValueKey.projectId, projectId));
  return row?.key ?? null;
}

async function makeKey(queries: Queries, projectId: string): Promise<Uint8Array> {
  await queries
    .insert(driftValueKey)
    .values({ projectId, key: randomBytes(keyBytes) })
    .onConflictDoNothing();
  const key = await keyOf(queries, projectId);
  if (key === null) throw new Error(`The value key of project ${projectId} was not stored.`);
  return key;
}
