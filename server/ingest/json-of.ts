import { DomainError } from '../../domain/refusal.ts';

/** A body as JSON; throws invalidInput with what senders most often get wrong. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new DomainError({
      code: 'invalidInput',
      message: 'The body is not valid JSON.',
      fix: 'NaN and Infinity are not JSON: send them as the texts "NaN", "Infinity" and "-Infinity".',
    });
  }
}
