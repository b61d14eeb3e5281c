import { type Role, roles } from '../../domain/permission.ts';
import type { Member } from '../../domain/policy.ts';

type Listed = {
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly disabledAt: Date | null;
};

/** Members with an account in use who hold one of these roles, with the roles that are known. */
export function signingMembers(listed: readonly Listed[], holding: readonly Role[]): Member[] {
  return listed
    .filter((member) => member.disabledAt === null)
    .map(({ userId, name, roles: held }) => ({
      userId,
      name,
      roles: new Set(roles.filter((role) => held.includes(role))),
    }))
    .filter((member) => holding.some((role) => member.roles.has(role)));
}
