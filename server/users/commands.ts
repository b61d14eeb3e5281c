import { asc, eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { account, principal as principalTable, session, signInLink } from '../../db/schema/identity.ts';
import { identity } from '../../db/schema/identity-providers.ts';
import { idSchema } from '../../domain/name.ts';
import { instanceRoles } from '../../domain/permission.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { hashPassword, passwordMatches, passwordSchema } from '../password.ts';
import { query } from '../query.ts';
import { newSecret, secretHash } from '../secret.ts';

/** Everybody who may sign in, by name. */
export const listUsers = query(
  { permission: 'users.list', schema: z.void(), project: 'instance' },
  async ({ db }) => {
    return await db
      .select({
        id: account.userId,
        name: principalTable.name,
        email: account.email,
        /** By hand. */
        instanceRoles: account.instanceRoles,
        groupInstanceRoles: account.groupInstanceRoles,
        disabledAt: account.disabledAt,
      })
      .from(account)
      .innerJoin(principalTable, eq(principalTable.id, account.userId))
      .orderBy(asc(principalTable.name))
      .limit(1_000);
  },
);

const newUserSchema = z.object({
  name: z.string().trim().min(1, 'Give a name.').max(200),
  email: z.email('Give an e-mail address.').max(320),
  instanceRoles: z.array(z.enum(instanceRoles)).default([]),
});

/** Creates a person and a link that signs them in once; they choose a password afterwards. */
export const createUser = command(
  { permission: 'users.create', schema: newUserSchema, project: 'instance', returnsSecret: true },
  async ({ tx, input, now, ctx }) => {
    const email = input.email.toLowerCase();
    const present = await tx.select({ userId: account.userId }).from(account).where(eq(account.email, email));
    if (present.length > 0)
      throw new DomainError({
        code: 'nameTaken',
        message: `Somebody with the address ${email} exists already.`,
      });
    const userId = newId();
    const secret = newSecret();
    await tx
      .insert(principalTable)
      .values({ id: userId, kind: 'user', ownerUserId: userId, name: input.name });
    await tx.insert(account).values({ userId, email, instanceRoles: input.instanceRoles, createdAt: now });
    await tx.insert(signInLink).values({
      secretHash: secretHash(secret),
      userId,
      purpose: 'signIn',
      expiresAt: new Date(now.getTime() + 3 * 86_400_000),
    });
    return {
      result: { id: userId, link: `${ctx.publicUrl}/sign-in#link=${secret}` },
      audit: [
        {
          object: { kind: 'user', id: userId, name: input.name },
          sentence: `created the user ${input.name}`,
          after: { email, instanceRoles: input.instanceRoles },
        },
      ],
    };
  },
);

/** Ends all sessions and tokens of a person at once. */
export const disableUser = command(
  { permission: 'users.disable', schema: z.object({ userId: idSchema }), project: 'instance' },
  async ({ tx, input, principal, now }) => {
    if (input.userId === principal.id)
      throw new DomainError({ code: 'wrongState', message: 'You cannot disable yourself.' });
    const rows = await tx
      .update(account)
      .set({ disabledAt: now })
      .where(eq(account.userId, input.userId))
      .returning({ email: account.email });
    const found = rows[0];
    if (found === undefined) throw new DomainError({ code: 'notFound', message: 'There is no such person.' });
    await tx.delete(session).where(eq(session.userId, input.userId));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'user', id: input.userId, name: found.email },
          sentence: `disabled ${found.email}`,
          after: { disabledAt: now },
        },
      ],
    };
  },
);

const changePasswordSchema = z.object({ present: z.string().max(200).nullish(), next: passwordSchema });

/** Sets the caller's password and ends their other sessions; the present one is asked for once there is one. */
export const changePassword = command(
  { permission: 'users.changePassword', schema: changePasswordSchema, project: 'instance' },
  async ({ tx, input, principal, ctx }) => {
    if (principal.kind !== 'user')
      throw new DomainError({ code: 'forbidden', message: 'A token has no password.' });
    const rows = await tx
      .select({ passwordHash: account.passwordHash })
      .from(account)
      .where(eq(account.userId, principal.id))
      .for('update');
    const stored = rows[0]?.passwordHash ?? null;
    if (stored === null) await refuseProviderPerson(tx, principal.id);
    if (stored !== null && !(await passwordMatches(input.present ?? '', stored)))
      throw new DomainError({ code: 'unauthenticated', message: 'The present password is wrong.' });
    await tx
      .update(account)
      .set({ passwordHash: await hashPassword(input.next) })
      .where(eq(account.userId, principal.id));
    const sessions = await tx
      .select({ idHash: session.idHash })
      .from(session)
      .where(eq(session.userId, principal.id));
    for (const other of sessions)
      if (other.idHash !== ctx.sessionIdHash)
        await tx.delete(session).where(eq(session.idHash, other.idHash));
    return {
      result: null,
      audit: [
        {
          object: { kind: 'user', id: principal.id, name: principal.name },
          sentence: `${principal.name} changed their password`,
        },
      ],
    };
  },
);

/** A password would outlive the person's account at the identity provider. */
async function refuseProviderPerson(tx: Transaction, userId: string): Promise<void> {
  const rows = await tx
    .select({ issuer: identity.issuer })
    .from(identity)
    .where(eq(identity.userId, userId))
    .limit(1);
  if (rows.length > 0)
    throw new DomainError({
      code: 'wrongState',
      message: 'You sign in through the identity provider, so there is no password to set here.',
    });
}
