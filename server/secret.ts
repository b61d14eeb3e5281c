import { randomBytes } from 'node:crypto';
import { sha256 } from './digest.ts';

/** 256 random bits, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a session id, link or token: its SHA-256, enough because the secret has 256 random bits. */
export function secretHash(secret: string): string {
  return sha256(secret);
}

/** API tokens start so that scanners find leaked ones. */
export const tokenPrefix = 'flt_';

/** Of tokens that only send the rows of one service; they open nothing else. */
export const ingestTokenPrefix = 'fli_';
