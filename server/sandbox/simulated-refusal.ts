import { type Refusal, refusal } from '../../domain/refusal.ts';

/** Why nothing can be simulated here, or null: a real cluster behaves by itself. */
export function simulatedRefusal(place: { clusterKind: 'sandbox' | 'kubernetes' }): Refusal | null {
  if (place.clusterKind === 'sandbox') return null;
  return refusal({
    code: 'wrongState',
    message: 'This service runs on a real cluster; faults are simulated on the sandbox cluster only.',
  });
}
