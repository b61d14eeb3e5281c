import { rolesHolding } from '../../domain/permission.ts';
import type { Tone } from '../ui/tone.ts';

/** Whether a token of these roles may register versions and ask for promotions. */
export function mayRegister(held: readonly string[]): boolean {
  const needed: readonly string[] = rolesHolding('modelVersions.register');
  return held.some((role) => needed.includes(role));
}

type Ends = { readonly revokedAt: Date | null; readonly expiresAt: Date | null };

/** Whether a token still opens anything at this time. */
export function tokenStanding(
  { revokedAt, expiresAt }: Ends,
  nowMs: number,
): { tone: Tone; label: string; isUsable: boolean } {
  if (revokedAt !== null) return { tone: 'neutral', label: 'Revoked', isUsable: false };
  if (expiresAt === null) return { tone: 'ok', label: 'In use', isUsable: true };
  const leftMs = expiresAt.getTime() - nowMs;
  if (leftMs <= 0) return { tone: 'neutral', label: 'Expired', isUsable: false };
  return leftMs < 7 * 86_400_000
    ? { tone: 'warn', label: 'Expires soon', isUsable: true }
    : { tone: 'ok', label: 'In use', isUsable: true };
}
