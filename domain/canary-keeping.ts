import { type Refusal, refusal } from './refusal.ts';
import type { Rollout } from './rollout.ts';

const hourMs = 3_600_000;

/** How long a canary is kept for debugging unless somebody says otherwise, and at the most. */
export const usualKeepMs = hourMs;
export const longestKeepMs = 24 * hourMs;

type Kept = {
  readonly intent: Pick<Rollout['intent'], 'goal' | 'keepUntil'>;
  readonly progress: Pick<Rollout['progress'], 'phase'>;
  readonly keptEndedAt: Date | null;
  /** A newer rollout of the service, under way or over. */
  readonly newerRollout: boolean;
};

/** Whether the revision that was rolled back is kept (or run again) without traffic now. */
export function isKept({ intent, keptEndedAt }: Pick<Kept, 'intent' | 'keptEndedAt'>, now: Date): boolean {
  return intent.keepUntil !== null && keptEndedAt === null && now < intent.keepUntil;
}

/** Why the canary cannot be kept at 0 %, or null: thrown by the command, shown on the disabled button. */
export function keepRefusal(kept: Kept): Refusal | null {
  const { phase } = kept.progress;
  if (kept.newerRollout)
    return refusal({
      code: 'rolloutActive',
      message: 'A newer rollout of this service has begun, and a kept canary would take its place.',
    });
  if (phase === 'rollingBack' || phase === 'rolledBack' || phase === 'aborted') return null;
  const words =
    phase === 'succeeded'
      ? 'The new revision serves all traffic: there is no canary to keep.'
      : 'It is under way: the canary is there anyway.';
  return refusal({ code: 'wrongState', message: words, params: { phase } });
}

/** Why it cannot be taken away now, or null. */
export function releaseRefusal(kept: Kept, now: Date): Refusal | null {
  if (isKept(kept, now)) return null;
  return refusal({ code: 'wrongState', message: 'No canary of this rollout is kept.' });
}

/** Why a kept canary is given up now, as a sentence about it; null while it stays. */
export function keptEnd(
  { keepUntil, number }: { keepUntil: Date; number: number },
  { rolloutActive, now }: { rolloutActive: boolean; now: Date },
): string | null {
  if (rolloutActive)
    return `Revision ${number}, which was kept at 0 % for debugging, is given up: a new rollout has started.`;
  return now >= keepUntil
    ? `Revision ${number}, which was kept at 0 % for debugging, is taken away: its time is over.`
    : null;
}
