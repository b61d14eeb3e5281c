import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

export const passwordSchema = z.string().min(12, 'Use at least 12 characters.').max(200);

const cost = { N: 1 << 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const keyLength = 32;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyLength, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** scrypt with a salt of its own: `scrypt$N$r$p$salt$key`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

const nobodySalt = randomBytes(16).toString('base64url');

/** False for a wrong password and for a person without one; both take the time of one derivation. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const parts = (stored ?? `scrypt$0$0$0$${nobodySalt}$`).split('$');
  const key = await derive(password, Buffer.from(parts[4] ?? '', 'base64url'));
  const expected = Buffer.from(parts[5] ?? '', 'base64url');
  return expected.length === key.length && timingSafeEqual(expected, key);
}
