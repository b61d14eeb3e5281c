import { type Refusal, refusal } from '../../domain/refusal.ts';

/** Why it cannot be acknowledged, or null; thrown by the command, shown on the button. */
export function acknowledgeRefusal({ acknowledgedAt }: { acknowledgedAt: Date | null }): Refusal | null {
  return acknowledgedAt === null
    ? null
    : refusal({ code: 'wrongState', message: 'Somebody has acknowledged this already.' });
}

/** Why a delivery cannot be sent once more, or null. */
export function tryAgainRefusal({ state }: { state: string }): Refusal | null {
  return state === 'dead'
    ? null
    : refusal({
        code: 'wrongState',
        message:
          'Only a delivery that was given up can be sent once more; the others take care of themselves.',
      });
}
