import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Env } from './env.ts';

/** X25519 keys, base64 of the raw 32 bytes; web has only the public half. */
export type WorkerKeys = { readonly publicKey: string; readonly privateKey: string | null };

/**
 * From WORKER_PUBLIC_KEY and WORKER_PRIVATE_KEY; without them a pair is made once and kept in `stateFolder`, readable
 * by its owner only, which serves one machine.
 */
export async function workerKeys(
  env: Env,
  options: { stateFolder: string; needsPrivate: boolean },
): Promise<WorkerKeys> {
  const { WORKER_PUBLIC_KEY: publicKey, WORKER_PRIVATE_KEY: privateKey } = env;
  if (privateKey !== undefined) return { publicKey: publicKey ?? publicKeyOf(privateKey), privateKey };
  if (publicKey !== undefined) {
    if (options.needsPrivate) throw new Error('A worker needs WORKER_PRIVATE_KEY to open cluster tokens.');
    return { publicKey, privateKey: null };
  }
  const kept = await keptKey(join(options.stateFolder, 'worker-key'));
  return { publicKey: publicKeyOf(kept), privateKey: kept };
}

async function keptKey(file: string): Promise<string> {
  const present = await readFile(file, 'utf8').catch(() => null);
  if (present !== null) return present.trim();
  const made = raw(generateKeyPairSync('x25519').privateKey, 'd');
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // Another process of this start was quicker: its keys are ours.
    if (codeOf(error) !== 'EEXIST') throw new Error(unwritable(dirname(file), error), { cause: error });
  }
  return (await readFile(file, 'utf8')).trim();
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function unwritable(folder: string, error: unknown): string {
  return (
    `The worker's keys cannot be kept in ${folder} (${codeOf(error)}): set WORKER_PUBLIC_KEY and WORKER_PRIVATE_KEY ` +
    '(docs/operate.md makes a pair), or STATE_FOLDER to a folder that this account may write.'
  );
}

function raw(key: KeyObject, part: 'd' | 'x'): string {
  return Buffer.from(key.export({ format: 'jwk' })[part] ?? '', 'base64url').toString('base64');
}

/** The DER head of an X25519 private key, before its 32 raw bytes (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The public half of a worker's private key, both base64 of the raw 32 bytes. */
export function publicKeyOf(privateKey: string): string {
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Head, Buffer.from(privateKey, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  });
  return raw(createPublicKey(key), 'x');
}
