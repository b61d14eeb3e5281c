import { and, asc, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { account, membership, principal } from '../../db/schema/identity.ts';
import { groupMemberRefusal, type HeldRoles } from '../../domain/group-member.ts';
import { idSchema } from '../../domain/name.ts';
import { roles } from '../../domain/permission.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { query } from '../query.ts';

const ofProject = z.object({ projectId: idSchema });

/** Members of the project with their roles, by name. */
export const listMembers = query(
  { permission: 'members.list', schema: ofProject, project: (_db, input) => input.projectId },
  async ({ db, projectId }) => {
    const rows = await db
      .select({
        userId: membership.userId,
        name: principal.name,
        email: account.email,
        /** What counts. */
        roles: membership.heldRoles,
        byHand: membership.roles,
        /** By groups of the identity provider: they follow at each sign-in. */
        byGroups: membership.groupRoles,
        disabledAt: account.disabledAt,
      })
      .from(membership)
      .innerJoin(principal, eq(principal.id, membership.userId))
      .innerJoin(account, eq(account.userId, membership.userId))
      .where(eq(membership.projectId, projectId))
      .orderBy(asc(principal.name))
      .limit(1_000);
    return rows.map((row) => ({ ...row, roles: [...new Set(row.roles)] }));
  },
);

const setSchema = ofProject.extend({
  email: z.email().max(320),
  roles: z.array(z.enum(roles)).min(1, 'Choose at least one role.'),
});

/** Gives a person exactly these roles in the project. */
export const setMember = command(
  { permission: 'members.set', schema: setSchema, project: (_tx, input) => input.projectId },
  async ({ tx, input, projectId }) => {
    const people = await tx
      .select({ userId: account.userId, name: principal.name })
      .from(account)
      .innerJoin(principal, eq(principal.id, account.userId))
      .where(eq(account.email, input.email.toLowerCase()));
    const person = people[0];
    if (person === undefined)
      throw new DomainError({
        code: 'notFound',
        message: `Nobody with the address ${input.email} has an account.`,
        fix: 'Ask an admin of the instance to create one.',
      });
    const before = (await rolesOf(tx, projectId, person.userId))?.byHand ?? null;
    if (before?.includes('admin') === true && !input.roles.includes('admin'))
      await keepOneAdmin(tx, projectId, person.userId);
    await tx
      .insert(membership)
      .values({ projectId, userId: person.userId, roles: input.roles })
      .onConflictDoUpdate({ target: [membership.projectId, membership.userId], set: { roles: input.roles } });
    return {
      result: { userId: person.userId },
      audit: [
        {
          object: { kind: 'membership', id: person.userId, name: person.name },
          sentence: `gave ${person.name} the roles ${input.roles.join(', ')}`,
          before,
          after: input.roles,
        },
      ],
    };
  },
);

/** Takes the roles that a person was given by hand and so ends the membership; what groups give stays, as does the last admin. */
export const removeMember = command(
  {
    permission: 'members.remove',
    schema: ofProject.extend({ userId: idSchema }),
    project: (_tx, input) => input.projectId,
  },
  async ({ tx, input, projectId }) => {
    const held = await rolesOf(tx, projectId, input.userId);
    if (held === null) throw new DomainError({ code: 'notFound', message: 'This person is no member.' });
    refuse(groupMemberRefusal(held));
    const before = held.byHand;
    if (before.includes('admin')) await keepOneAdmin(tx, projectId, input.userId);
    const mine = and(eq(membership.projectId, projectId), eq(membership.userId, input.userId));
    if (held.byGroups.length === 0) await tx.delete(membership).where(mine);
    else await tx.update(membership).set({ roles: [] }).where(mine);
    const people = await tx
      .select({ name: principal.name })
      .from(principal)
      .where(eq(principal.id, input.userId));
    const name = people[0]?.name ?? '';
    return {
      result: null,
      audit: [
        {
          object: { kind: 'membership', id: input.userId, name },
          sentence:
            held.byGroups.length === 0
              ? `removed ${name} from the project`
              : `took the roles ${before.join(', ')} from ${name}, who stays by groups`,
          before,
        },
      ],
    };
  },
);

async function rolesOf(tx: Transaction, projectId: string, userId: string): Promise<HeldRoles | null> {
  const rows = await tx
    .select({ byHand: membership.roles, byGroups: membership.groupRoles })
    .from(membership)
    .where(and(eq(membership.projectId, projectId), eq(membership.userId, userId)))
    .for('update');
  return rows[0] ?? null;
}

/** Somebody who is disabled leads nothing. */
async function keepOneAdmin(tx: Transaction, projectId: string, leaving: string): Promise<void> {
  const rows = await tx
    .select({ userId: membership.userId, roles: membership.heldRoles, disabledAt: account.disabledAt })
    .from(membership)
    .innerJoin(account, eq(account.userId, membership.userId))
    .where(eq(membership.projectId, projectId))
    .orderBy(asc(membership.userId))
    .for('update', { of: membership });
  const isLeft = (row: (typeof rows)[number]) => row.userId !== leaving && row.disabledAt === null;
  if (!rows.some((row) => isLeft(row) && row.roles.includes('admin')))
    throw new DomainError({
      code: 'wrongState',
      message: 'This is the last admin of the project.',
      fix: 'Make somebody else an admin first.',
    });
}
