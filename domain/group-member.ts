import { type Refusal, refusal } from './refusal.ts';

/** Roles of a member by where they come from. */
export type HeldRoles = { readonly byHand: readonly string[]; readonly byGroups: readonly string[] };

/** Why a member cannot be removed by hand, or null: what groups of the identity provider give would come back. */
export function groupMemberRefusal({ byHand, byGroups }: HeldRoles): Refusal | null {
  if (byHand.length > 0 || byGroups.length === 0) return null;
  return refusal({
    code: 'wrongState',
    message: 'They are a member by a group of the identity provider and have no role by hand.',
    fix: 'Take them out of the group there, or change what groups give under Settings → Sign-in.',
  });
}
