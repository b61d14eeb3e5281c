import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../db/client.ts';
import { account, principal, session, signInLink } from '../../db/schema/identity.ts';
import { DomainError } from '../../domain/refusal.ts';
import { appendAudit } from '../audit/append.ts';
import type { Clock } from '../clock.ts';
import { passwordMatches } from '../password.ts';
import { countAttempt } from '../rate-limit.ts';
import { newSecret, secretHash } from '../secret.ts';

type SignIn = { readonly db: Database; readonly clock: Clock };
export type NewSession = { readonly secret: string; readonly userId: string };

/** Checks e-mail and password under a limit per account and per address; the same sentence for every wrong guess. */
export async function signInWithPassword(
  deps: SignIn,
  input: { email: string; password: string; address: string },
): Promise<NewSession> {
  const email = input.email.trim().toLowerCase();
  await countAttempt(deps.db, [
    { key: `sign-in:account:${secretHash(email)}`, limit: 10 },
    { key: `sign-in:address:${input.address}`, limit: 100 },
  ]);
  const rows = await deps.db
    .select({
      userId: account.userId,
      passwordHash: account.passwordHash,
      disabledAt: account.disabledAt,
      name: principal.name,
    })
    .from(account)
    .innerJoin(principal, eq(principal.id, account.userId))
    .where(eq(account.email, email));
  const found = rows[0];
  const matches = await passwordMatches(input.password, found?.passwordHash ?? null);
  if (found === undefined || !matches || found.disabledAt !== null)
    throw new DomainError({ code: 'unauthenticated', message: 'E-mail address or password is wrong.' });
  return await transaction(deps.db, (tx) =>
    openSession(tx, deps.clock, { userId: found.userId, name: found.name }),
  );
}

/** Uses a one-time link; the same sentence for an unknown, used or expired one, and for somebody who is disabled. */
export async function signInWithLink(deps: SignIn, secret: string): Promise<NewSession> {
  return await transaction(deps.db, async (tx) => {
    const used = await tx
      .update(signInLink)
      .set({ usedAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(signInLink.secretHash, secretHash(secret)),
          eq(signInLink.purpose, 'signIn'),
          isNull(signInLink.usedAt),
          sql`${signInLink.expiresAt} > clock_timestamp()`,
        ),
      )
      .returning({ userId: signInLink.userId });
    const userId = used[0]?.userId;
    const people =
      userId == null
        ? []
        : await tx
            .select({ name: principal.name })
            .from(account)
            .innerJoin(principal, eq(principal.id, account.userId))
            .where(and(eq(account.userId, userId), isNull(account.disabledAt)));
    const person = people[0];
    if (userId == null || person === undefined)
      throw new DomainError({
        code: 'unauthenticated',
        message: 'This sign-in link was used already or has expired.',
        fix: 'Start Fairlead again to get new links, or sign in with your password.',
      });
    return await openSession(tx, deps.clock, { userId, name: person.name });
  });
}

/** Days that a session of a local account lives at most. */
export const localSessionDays = 7;

type Person = {
  readonly userId: string;
  readonly name: string;
  /** The identity provider through which they came, with the session's length; absent for local accounts. */
  readonly through?: { readonly providerId: string; readonly name: string; readonly hours: number };
};

/** Stores a new session and its audit entry; the secret goes into the cookie and nowhere else. */
export async function openSession(tx: Transaction, clock: Clock, person: Person): Promise<NewSession> {
  const { through } = person;
  const hours = through?.hours ?? localSessionDays * 24;
  const secret = newSecret();
  const idHash = secretHash(secret);
  await tx.insert(session).values({
    idHash,
    userId: person.userId,
    createdAt: sql`clock_timestamp()`,
    lastSeenAt: sql`clock_timestamp()`,
    expiresAt: sql`clock_timestamp() + make_interval(hours => ${hours}::int)`,
    providerId: through?.providerId ?? null,
  });
  await appendAudit(tx, {
    projectId: null,
    actor: { id: person.userId, name: person.name },
    action: 'sessions.signIn',
    now: await clock(tx),
    origin: 'live',
    drafts: [
      {
        object: { kind: 'session', id: idHash.slice(7, 23), name: person.name },
        sentence: `${person.name} signed in${through === undefined ? '' : ` through ${through.name}`}`,
      },
    ],
  });
  return { secret, userId: person.userId };
}

/** Makes a link that signs this person in once, for the given hours. */
export async function makeSignInLink(db: Database, userId: string, hours: number): Promise<string> {
  const secret = newSecret();
  await db.insert(signInLink).values({
    secretHash: secretHash(secret),
    userId,
    purpose: 'signIn',
    expiresAt: sql`clock_timestamp() + make_interval(hours => ${hours}::int)`,
  });
  return secret;
}
