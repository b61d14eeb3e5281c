import { and, eq, inArray } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { account, membership, project } from '../../db/schema/identity.ts';
import { grantsOf } from '../../domain/identity-provider.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { appendAudit } from '../audit/append.ts';
import type { StoredProvider } from '../rows/identity-provider.ts';
import type { ProviderPerson } from './provider-claims.ts';

type Following = {
  readonly provider: StoredProvider;
  readonly person: ProviderPerson;
  readonly user: { readonly userId: string; readonly name: string };
  readonly now: Date;
};

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((role) => other.includes(role));

/**
 * Makes the roles that come from groups exactly those that the rules give now; roles given by hand stay. What changes is an
 * act of the system in the audit of each project, with the groups' names.
 */
export async function followGroups(tx: Transaction, following: Following): Promise<void> {
  const grants = grantsOf(following.person.groups, following.provider.rules);
  const { userId } = following.user;
  const present = await tx.select().from(membership).where(eq(membership.userId, userId)).for('update');
  const wanted = await existingProjects(tx, [...grants.projects.keys()]);
  const projectIds = [...new Set([...present.map((row) => row.projectId), ...wanted])].sort();
  for (const projectId of projectIds) {
    const row = present.find((each) => each.projectId === projectId);
    const grant = grants.projects.get(projectId);
    const change = { before: row?.groupRoles ?? [], after: grant?.roles ?? [] };
    if (isSame(change.before, change.after)) continue;
    await saveMembership(tx, { projectId, userId, roles: row?.roles ?? [], groupRoles: change.after });
    await appendChange(tx, following, { ...change, projectId, groups: grant?.groups ?? [] });
  }
  await followInstanceRoles(tx, following, grants.instance);
}

/** A rule may name a project that is no more. */
async function existingProjects(tx: Transaction, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select({ id: project.id })
    .from(project)
    .where(inArray(project.id, [...ids]));
  return rows.map(({ id }) => id);
}

type Row = {
  readonly projectId: string;
  readonly userId: string;
  readonly roles: readonly string[];
  readonly groupRoles: readonly string[];
};

async function saveMembership(tx: Transaction, row: Row): Promise<void> {
  const { projectId, userId } = row;
  const groupRoles = [...row.groupRoles];
  if (row.roles.length + groupRoles.length === 0) {
    await tx
      .delete(membership)
      .where(and(eq(membership.projectId, projectId), eq(membership.userId, userId)));
    return;
  }
  await tx
    .insert(membership)
    .values({ projectId, userId, roles: [...row.roles], groupRoles })
    .onConflictDoUpdate({ target: [membership.projectId, membership.userId], set: { groupRoles } });
}

async function followInstanceRoles(
  tx: Transaction,
  following: Following,
  grant: { readonly roles: readonly string[]; readonly groups: readonly string[] },
): Promise<void> {
  const { userId } = following.user;
  const rows = await tx
    .select({ before: account.groupInstanceRoles })
    .from(account)
    .where(eq(account.userId, userId))
    .for('update');
  const before = rows[0]?.before ?? [];
  if (isSame(before, grant.roles)) return;
  await tx
    .update(account)
    .set({ groupInstanceRoles: [...grant.roles] })
    .where(eq(account.userId, userId));
  await appendChange(tx, following, { before, after: grant.roles, groups: grant.groups, projectId: null });
}

type Change = {
  /** Null for roles on the instance. */
  readonly projectId: string | null;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly groups: readonly string[];
};

async function appendChange(tx: Transaction, following: Following, change: Change): Promise<void> {
  const { user, provider, now } = following;
  const { projectId, before, after, groups } = change;
  const what = projectId === null ? 'the instance roles' : 'the roles';
  await appendAudit(tx, {
    projectId,
    actor: systemPrincipal,
    action: projectId === null ? 'users.followGroups' : 'members.followGroups',
    now,
    origin: 'live',
    drafts: [
      {
        object: { kind: projectId === null ? 'user' : 'membership', id: user.userId, name: user.name },
        sentence:
          after.length === 0
            ? `took ${what} ${before.join(', ')} from ${user.name}: no group at ${provider.name} gives them any more`
            : `gave ${user.name} ${what} ${after.join(', ')} by the group ${groups.join(', ')} at ${provider.name}`,
        before,
        after,
      },
    ],
  });
}
