import * as z from 'zod';

/**
 * What came of one attempt. accepted · refused: it will not be taken as it is, so it is not sent again · failed: surely not
 * taken, and tried again · lost: nobody knows whether it was taken, so a repeat is marked.
 */
export const deliveryAnswerSchema = z.object({
  schema: z.literal(1),
  outcome: z.enum(['accepted', 'refused', 'failed', 'lost']),
  /** HTTP status or SMTP reply code; null when there was no answer. */
  status: z.int().nullable(),
  /** What the receiver said, or why nothing was heard; never a secret. */
  text: z.string(),
  tookMs: z.number(),
});
export type DeliveryAnswer = z.infer<typeof deliveryAnswerSchema>;

/** Between a receiver's restart and its next day: about ten hours of attempts. */
export const mostAttempts = 20;
const firstDelayMs = 5_000;
const longestDelayMs = 3_600_000;

/** Doubles with each attempt up to an hour; jitter takes up to half of it away. `random` is 0 to 1. */
export function retryDelayMs(attempts: number, random: number): number {
  const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, 30));
  return Math.round(delay * (1 - random / 2));
}

/** How an HTTP status is taken. */
export function outcomeOfStatus(status: number): DeliveryAnswer['outcome'] {
  if (status >= 200 && status < 300) return 'accepted';
  // A gateway that got no answer does not know whether its back end took it.
  if (status === 502 || status === 504) return 'lost';
  // 404 is also what an ingress says while its receiver is being replaced.
  if (status >= 500 || [404, 408, 425, 429].includes(status)) return 'failed';
  return 'refused';
}

/** Seconds or a date of a Retry-After header as milliseconds from now, at most an hour; 0 when there is none or it is nonsense. */
export function retryAfterMs(header: string, now: Date): number {
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) : Number.NaN;
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now.getTime() : seconds * 1_000;
  return Number.isNaN(ms) ? 0 : Math.min(longestDelayMs, Math.max(0, ms));
}

export type NextAttempt =
  | { readonly state: 'sent' | 'dead' }
  | { readonly state: 'waiting'; readonly afterMs: number };

/** What follows an attempt; `attempts` counts it. */
export function nextAttempt(
  answer: DeliveryAnswer,
  { attempts, most, random, askedMs }: { attempts: number; most: number; random: number; askedMs: number },
): NextAttempt {
  switch (answer.outcome) {
    case 'accepted':
      return { state: 'sent' };
    case 'refused':
      return { state: 'dead' };
    case 'failed':
    case 'lost':
      return attempts >= most
        ? { state: 'dead' }
        : { state: 'waiting', afterMs: Math.max(askedMs, retryDelayMs(attempts, random)) };
  }
}
