import { type Refusal, refusal } from '../../domain/refusal.ts';

/** Why the digest cannot be set, or null: it is set once, because approvals bind to it. */
export function digestRefusal(artefactDigest: string | null): Refusal | null {
  if (artefactDigest === null) return null;
  return refusal({
    code: 'wrongState',
    message: 'The artefact digest of this version is set and never changes.',
    params: { artefactDigest },
    fix: 'Register a new version for another artefact.',
  });
}
