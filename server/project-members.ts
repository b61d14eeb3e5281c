import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { prepared, type ValueOf } from '../db/prepared.ts';
import { account, membership, principal } from '../db/schema/identity.ts';
import { type Role, roles, rolesHolding } from '../domain/permission.ts';
import type { Member } from '../domain/policy.ts';

const memberRows = prepared((queries, value: ValueOf<{ projectId: string }>) =>
  queries
    .select({ userId: membership.userId, name: principal.name, roles: membership.heldRoles })
    .from(membership)
    .innerJoin(principal, eq(principal.id, membership.userId))
    .innerJoin(account, eq(account.userId, membership.userId))
    .where(and(eq(membership.projectId, value('projectId')), isNull(account.disabledAt)))
    .orderBy(asc(principal.name)),
);

/** Members who could sign at all: enabled accounts with a role that holds promotions.approve. */
export async function signingMembers(queries: Queries, projectId: string): Promise<Member[]> {
  const rows = await memberRows(queries, { projectId });
  const holding = rolesHolding('promotions.approve');
  return rows
    .map((row) => ({ ...row, roles: new Set(row.roles.filter(isRole)) }))
    .filter((member) => holding.some((role) => member.roles.has(role)));
}

/** Admins of the instance with an enabled account, who sign for its budgets. */
export async function instanceSigners(queries: Queries): Promise<Member[]> {
  const rows = await queries
    .select({ userId: account.userId, name: principal.name })
    .from(account)
    .innerJoin(principal, eq(principal.id, account.userId))
    .where(and(isNull(account.disabledAt), sql`'admin' = any(${account.heldInstanceRoles})`))
    .orderBy(asc(principal.name));
  return rows.map((row) => ({ ...row, roles: new Set<Role>(['admin']) }));
}

function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
