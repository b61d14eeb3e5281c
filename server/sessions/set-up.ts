import { and, eq, isNull, sql } from 'drizzle-orm';
import * as z from 'zod';
import { type Database, type Transaction, transaction } from '../../db/client.ts';
import { account, principal, signInLink } from '../../db/schema/identity.ts';
import { DomainError } from '../../domain/refusal.ts';
import { appendAudit } from '../audit/append.ts';
import type { Clock } from '../clock.ts';
import { newId } from '../id.ts';
import { hashPassword, passwordSchema } from '../password.ts';
import { newSecret, secretHash } from '../secret.ts';
import { type NewSession, openSession } from './sign-in.ts';

export const setUpSchema = z.object({
  link: z.string().min(1),
  name: z.string().trim().min(1, 'Give your name.').max(200),
  email: z.email('Give an e-mail address.').max(320),
  password: passwordSchema,
});

/** True while nobody can sign in, so that a set-up link makes sense. */
export async function needsSetUp(db: Database): Promise<boolean> {
  const rows = await db.select({ userId: account.userId }).from(account).limit(1);
  return rows.length === 0;
}

/** Makes the one-time link of a first start; earlier unused ones stop working. */
export async function makeSetUpLink(db: Database): Promise<string> {
  const secret = newSecret();
  await transaction(db, async (tx) => {
    await tx.delete(signInLink).where(eq(signInLink.purpose, 'setUp'));
    await tx.insert(signInLink).values({
      secretHash: secretHash(secret),
      userId: null,
      purpose: 'setUp',
      expiresAt: sql`clock_timestamp() + interval '1 day'`,
    });
  });
  return secret;
}

/** Creates the first person, an admin of the instance, and signs them in; refused once anybody exists. */
export async function setUpInstance(
  deps: { db: Database; clock: Clock },
  input: z.infer<typeof setUpSchema>,
): Promise<NewSession> {
  const passwordHash = await hashPassword(input.password);
  return await transaction(deps.db, async (tx) => {
    await useSetUpLink(tx, input.link);
    const userId = newId();
    await tx.insert(principal).values({ id: userId, kind: 'user', ownerUserId: userId, name: input.name });
    const now = await deps.clock(tx);
    await tx.insert(account).values({
      userId,
      email: input.email.toLowerCase(),
      passwordHash,
      instanceRoles: ['admin'],
      createdAt: now,
    });
    await appendAudit(tx, {
      projectId: null,
      actor: { id: userId, name: input.name },
      action: 'users.setUp',
      now,
      origin: 'live',
      drafts: [
        {
          object: { kind: 'user', id: userId, name: input.name },
          sentence: `${input.name} set up this instance`,
          after: { instanceRoles: ['admin'] },
        },
      ],
    });
    return await openSession(tx, deps.clock, { userId, name: input.name });
  });
}

async function useSetUpLink(tx: Transaction, secret: string): Promise<void> {
  const used = await tx
    .update(signInLink)
    .set({ usedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(signInLink.secretHash, secretHash(secret)),
        eq(signInLink.purpose, 'setUp'),
        isNull(signInLink.usedAt),
        sql`${signInLink.expiresAt} > clock_timestamp()`,
      ),
    )
    .returning({ secretHash: signInLink.secretHash });
  const people = await tx.select({ userId: account.userId }).from(account).limit(1);
  if (used.length === 0 || people.length > 0)
    throw new DomainError({
      code: 'unauthenticated',
      message: 'This set-up link was used already or has expired.',
      fix: 'Start Fairlead again: it prints a new link while nobody is registered.',
    });
}
