import type { RefusalCode } from '../../domain/refusal.ts';

const statuses: Partial<Record<RefusalCode, 400 | 401 | 403 | 404 | 409 | 429>> = {
  notFound: 404,
  forbidden: 403,
  notApprover: 403,
  ownRequest: 403,
  unauthenticated: 401,
  invalidInput: 400,
  planInvalid: 400,
  conflict: 409,
  nameTaken: 409,
  rateLimited: 429,
};

/** HTTP status of a refusal; what is not listed is a state that does not allow it (422). */
export function refusalStatus(code: RefusalCode): 400 | 401 | 403 | 404 | 409 | 422 | 429 {
  return statuses[code] ?? 422;
}
