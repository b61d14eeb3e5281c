import { type Refusal, refusal } from '../refusal.ts';
import type { WindowLength } from './window-clock.ts';

type Judging = {
  readonly windowLength: WindowLength;
  readonly referenceKind: 'training' | 'fixedWindow' | 'sameHours';
};

/** Traffic differs by the hour and by the weekday: only the same hours know of it, so others need whole days. */
export function monitorRefusal({ windowLength, referenceKind }: Judging): Refusal | null {
  if (referenceKind === 'sameHours' || windowLength === 'day' || windowLength === 'week') return null;
  return refusal({
    code: 'invalidInput',
    message: `referenceKind: One ${windowLength === 'hour' ? 'hour' : 'stretch of 5 minutes'} of the day cannot be compared with a reference of all hours.`,
    params: { field: 'referenceKind' },
    fix: 'Judge whole days or weeks, or compare with the same hours of the last four weeks.',
  });
}
