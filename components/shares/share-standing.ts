import type { inferRouterOutputs } from '@trpc/server';
import { endsSoon } from '../../domain/share/share-expiry.ts';
import type { AppRouter } from '../../server/trpc/root.ts';
import type { Tone } from '../ui/tone.ts';

export type SharedRow = inferRouterOutputs<AppRouter>['shares']['list'][number];
export type SharedDetail = inferRouterOutputs<AppRouter>['shares']['get'];

export const kindWords = { share: 'Link', signed: 'Signed embed', picture: 'Picture or file' } as const;

/** How it stands now, in a word. */
export function shareStanding(
  row: Pick<SharedRow, 'status' | 'expiresAt'>,
  nowMs: number,
): { tone: Tone; label: string } {
  if (row.status === 'revoked') return { tone: 'neutral', label: 'Revoked' };
  if (row.expiresAt.getTime() <= nowMs) return { tone: 'neutral', label: 'Ended' };
  if (row.status === 'paused') return { tone: 'warn', label: 'Paused' };
  return endsSoon(row, nowMs) ? { tone: 'warn', label: 'Ends soon' } : { tone: 'ok', label: 'Open' };
}
