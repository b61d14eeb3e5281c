import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from './digest.ts';
import type { Env } from './env.ts';

/** A key for secrets that the web role itself uses; `id` is the beginning of its hash and tells keys apart. */
export type InstanceKey = { readonly id: string; readonly key: Buffer };

const form = 'aes-256-gcm-v1';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** A key from 32 bytes in base64; throws a sentence that does not quote it. */
export function instanceKey(base64: string): InstanceKey {
  const key = Buffer.from(base64.trim(), 'base64');
  if (key.length !== keyBytes)
    throw new Error('INSTANCE_KEY is not 32 bytes in base64 (openssl rand -base64 32 makes one).');
  return { id: sha256(key).slice(7, 23), key };
}

/**
 * From INSTANCE_KEY: one key, or the new one and old ones separated by commas (the first seals, all open). On one machine
 * without any configured key one is made and kept in `stateFolder`. Empty where there is none: nothing can be sealed then.
 */
export async function instanceKeys(env: Env, stateFolder: string): Promise<readonly InstanceKey[]> {
  if (env.INSTANCE_KEY !== undefined) return env.INSTANCE_KEY.split(',').map(instanceKey);
  // Replicas that keep keys of their own could not read each other's secrets.
  if (env.WORKER_PUBLIC_KEY !== undefined || env.WORKER_PRIVATE_KEY !== undefined) return [];
  return [instanceKey(await keptKey(join(stateFolder, 'instance-key')))];
}

async function keptKey(file: string): Promise<string> {
  const present = await readFile(file, 'utf8').catch(() => null);
  if (present !== null) return present;
  await mkdir(join(file, '..'), { recursive: true });
  const made = `${randomBytes(keyBytes).toString('base64')}\n`;
  await writeFile(file, made, { mode: 0o600, flag: 'wx' }).catch(() => undefined);
  return await readFile(file, 'utf8');
}

/** Seals a secret for one place (row, purpose): moved to another place it does not open. Null without a key. */
export function sealSecret(keys: readonly InstanceKey[], secret: string, place: string): string | null {
  const first = keys[0];
  if (first === undefined) return null;
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', first.key, nonce);
  cipher.setAAD(Buffer.from(place));
  const content = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return `${form}.${first.id}.${Buffer.concat([nonce, cipher.getAuthTag(), content]).toString('base64url')}`;
}

/** Opens a sealed secret; null when none of the keys sealed it, it was changed, or it belongs to another place. */
export function openSecret(keys: readonly InstanceKey[], sealed: string, place: string): string | null {
  const [name, id, body = ''] = sealed.split('.');
  const found = keys.find((key) => key.id === id);
  const bytes = Buffer.from(body, 'base64url');
  if (name !== form || found === undefined || bytes.length < nonceBytes + tagBytes) return null;
  try {
    const nonce = bytes.subarray(0, nonceBytes);
    const decipher = createDecipheriv('aes-256-gcm', found.key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    const content = bytes.subarray(nonceBytes + tagBytes);
    return Buffer.concat([decipher.update(content), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
