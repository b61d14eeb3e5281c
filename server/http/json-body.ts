import { DomainError } from '../../domain/refusal.ts';

/** The body as JSON; throws invalidInput for anything else. */
export async function jsonBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new DomainError({ code: 'invalidInput', message: 'The body is not valid JSON.' });
  }
}
