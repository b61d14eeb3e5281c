import { TRPCClientError } from '@trpc/client';
import type { Refusal } from '../domain/refusal.ts';

/** The refusal that a failed call carries, or null for a failure without one (network, bug). */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof TRPCClientError)) return null;
  const found = (error.data as { refusal?: unknown } | null)?.refusal;
  return isRefusal(found) ? found : null;
}

/** Looked at by hand: our own server wrote it, and the schema would bring 33 kB of zod to every page. */
function isRefusal(value: unknown): value is Refusal {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, params, fix } = value as Partial<Record<keyof Refusal, unknown>>;
  const isFix = fix === null || typeof fix === 'string';
  return typeof code === 'string' && typeof message === 'string' && typeof params === 'object' && isFix;
}

/** One sentence for people: the refusal's own, or what the transport said. */
export function errorSentence(error: unknown): string {
  const refusal = refusalOf(error);
  if (refusal !== null) return refusal.fix === null ? refusal.message : `${refusal.message} ${refusal.fix}`;
  if (error instanceof TRPCClientError && error.data !== null && error.data !== undefined)
    return error.message;
  return 'Fairlead could not be reached. Look at the connection and try again.';
}
