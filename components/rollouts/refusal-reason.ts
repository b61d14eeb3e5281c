import type { Refusal } from '../../domain/refusal.ts';

/** Why a button is blocked, with what would mend it; undefined when it is not. */
export function reasonOf(refusal: Refusal | null): string | undefined {
  if (refusal === null) return undefined;
  return refusal.fix === null ? refusal.message : `${refusal.message} ${refusal.fix}`;
}
