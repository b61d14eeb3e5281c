import { type Refusal, refusal } from '../refusal.ts';

/** `cleared` ended by itself and nobody said what it was. */
export const alertStates = ['open', 'acknowledged', 'expected', 'dataFault', 'real', 'cleared'] as const;
export type AlertState = (typeof alertStates)[number];

/** What people say of an alert; a snooze leaves its state as it is. */
export type AlertMark =
  | { readonly kind: 'open' | 'acknowledged' | 'dataFault' | 'real' }
  | { readonly kind: 'expected' | 'snoozed'; readonly until: Date };

export type MarkedAlert = { readonly state: AlertState; readonly clearedAt: Date | null };

const longestMs = 92 * 86_400_000;

/** Why an alert cannot be marked so now, or null. What has cleared can only be told to have been real, or a data fault. */
export function markRefusal({ state, clearedAt }: MarkedAlert, mark: AlertMark, now: Date): Refusal | null {
  if (clearedAt !== null && mark.kind !== 'dataFault' && mark.kind !== 'real')
    return refusal({
      code: 'wrongState',
      message: 'This alert has cleared already.',
      fix: 'Say that it was real or a data fault, so that its windows are left out of references.',
    });
  if ('until' in mark) {
    if (mark.until > now && mark.until.getTime() <= now.getTime() + longestMs) return null;
    return refusal({
      code: 'invalidInput',
      message: 'until: Name a time within the next 92 days.',
      params: { field: 'until' },
    });
  }
  if (mark.kind !== state) return null;
  return refusal({ code: 'conflict', message: 'It is marked so already.' });
}

/** Whether its windows may be part of later references: only what was expected is the new normal. */
export const entersReference = ({ state }: Pick<MarkedAlert, 'state'>): boolean => state === 'expected';

/** The state once the drift has ended by itself: a mark stays, what nobody marked is cleared. */
export const clearedState = (state: AlertState): AlertState =>
  state === 'open' || state === 'acknowledged' ? 'cleared' : state;
