import { and, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { account, membership, principal, session } from '../../db/schema/identity.ts';
import { identity } from '../../db/schema/identity-providers.ts';
import { grantsOf } from '../../domain/identity-provider.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import { type AuditDraft, appendAudit } from '../audit/append.ts';
import type { Clock } from '../clock.ts';
import { retryingDeadlocks } from '../command.ts';
import { newId } from '../id.ts';
import type { StoredProvider } from '../rows/identity-provider.ts';
import { followGroups } from './follow-groups.ts';
import type { ProviderPerson } from './provider-claims.ts';
import { type NewSession, openSession } from './sign-in.ts';

type Admitted =
  | { readonly kind: 'in'; readonly session: NewSession }
  | { readonly kind: 'out'; readonly refusal: Refusal };

type Known = { readonly userId: string; readonly name: string; readonly disabledAt: Date | null };
type Entering = { readonly provider: StoredProvider; readonly person: ProviderPerson; readonly now: Date };

/**
 * Lets a person in whom the provider vouched for: by issuer and subject, or a new account, or (when allowed) a local one
 * with the same verified address. Their groups are applied first, also when nothing is left and they stay out.
 */
export async function admitPerson(
  deps: { readonly db: Database; readonly clock: Clock },
  provider: StoredProvider,
  person: ProviderPerson,
): Promise<Admitted> {
  return await retryingDeadlocks(deps.db, async (tx): Promise<Admitted> => {
    // Two first sign-ins of one person at a time would make two accounts.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`${person.issuer} ${person.subject}`}, 0))`,
    );
    const entering: Entering = { provider, person, now: await deps.clock(tx) };
    const found = await findOrMake(tx, entering);
    if ('refusal' in found) return await keepOut(tx, entering, found);
    const { known } = found;
    await noteSignIn(tx, entering, known.userId);
    await followGroups(tx, { ...entering, user: known });
    if (!(await hasRights(tx, known.userId))) {
      await tx.delete(session).where(eq(session.userId, known.userId));
      return await keepOut(tx, entering, { refusal: nothingMapped(entering) });
    }
    const through = { providerId: provider.id, name: provider.name, hours: provider.sessionHours };
    const { userId, name } = known;
    return { kind: 'in', session: await openSession(tx, deps.clock, { userId, name, through }) };
  });
}

type Refused = { readonly refusal: Refusal };

async function findOrMake(tx: Transaction, entering: Entering): Promise<{ readonly known: Known } | Refused> {
  const { provider, person } = entering;
  const known = await knownPerson(tx, person);
  if (known !== null) return known.disabledAt === null ? { known } : { refusal: disabledRefusal(provider) };
  const { email } = person;
  if (email === null)
    return {
      refusal: refusal({
        code: 'providerRefused',
        message: `${provider.name} gives Fairlead no e-mail address of yours.`,
        fix: 'Ask who runs the provider to send the claim email to Fairlead.',
      }),
    };
  const same = await accountWithAddress(tx, email);
  if (same !== null) return await linked(tx, entering, same);
  if (grantsNothing(entering)) return { refusal: nothingMapped(entering) };
  return { known: await newAccount(tx, entering, email) };
}

async function knownPerson(tx: Transaction, { issuer, subject }: ProviderPerson): Promise<Known | null> {
  const rows = await tx
    .select({ userId: account.userId, name: principal.name, disabledAt: account.disabledAt })
    .from(identity)
    .innerJoin(account, eq(account.userId, identity.userId))
    .innerJoin(principal, eq(principal.id, identity.userId))
    .where(and(eq(identity.issuer, issuer), eq(identity.subject, subject)))
    .for('update', { of: account });
  return rows[0] ?? null;
}

async function accountWithAddress(tx: Transaction, email: string): Promise<Known | null> {
  const rows = await tx
    .select({ userId: account.userId, name: principal.name, disabledAt: account.disabledAt })
    .from(account)
    .innerJoin(principal, eq(principal.id, account.userId))
    .where(eq(account.email, email))
    .for('update', { of: account });
  return rows[0] ?? null;
}

/** The local account with this address, when an admin allows linking, the provider verified the address and it is free. */
async function linked(
  tx: Transaction,
  { provider, person, now }: Entering,
  same: Known,
): Promise<{ readonly known: Known } | Refused> {
  const exists = `There is an account with the address ${person.email} already`;
  const no = (message: string, fix: string): Refused => ({
    refusal: refusal({ code: 'providerRefused', message, fix }),
  });
  if (!provider.allowLinking)
    return no(
      `${exists}, and linking it to ${provider.name} is switched off.`,
      'Sign in with the local account, or ask an admin to allow linking under Settings → Sign-in.',
    );
  if (!person.emailVerified)
    return no(
      `${exists}, and ${provider.name} does not say that it has verified yours.`,
      'Verify the address there, or sign in with the local account.',
    );
  const taken = await tx
    .select({ subject: identity.subject })
    .from(identity)
    .where(and(eq(identity.userId, same.userId), eq(identity.issuer, person.issuer)));
  if (taken.length > 0)
    return no(
      `${exists}, and it belongs to another person at ${provider.name}.`,
      'Ask an admin of the instance.',
    );
  if (same.disabledAt !== null) return { refusal: disabledRefusal(provider) };
  await appendAudit(tx, {
    ...systemAct(now, 'users.link'),
    drafts: [
      {
        object: { kind: 'user', id: same.userId, name: same.name },
        sentence: `linked the account of ${same.name} to ${provider.name} by the verified address ${person.email}`,
      },
    ],
  });
  return { known: same };
}

async function newAccount(
  tx: Transaction,
  { provider, person, now }: Entering,
  email: string,
): Promise<Known> {
  const userId = newId();
  const { name } = person;
  await tx.insert(principal).values({ id: userId, kind: 'user', ownerUserId: userId, name });
  await tx.insert(account).values({ userId, email, createdAt: now });
  await appendAudit(tx, {
    ...systemAct(now, 'users.create'),
    drafts: [
      {
        object: { kind: 'user', id: userId, name },
        sentence: `created the user ${name}, who came through ${provider.name}`,
        after: { email },
      },
    ],
  });
  return { userId, name, disabledAt: null };
}

async function noteSignIn(tx: Transaction, { person, now }: Entering, userId: string): Promise<void> {
  const { issuer, subject, groups } = person;
  const seen = { groups: [...groups], lastSignInAt: now };
  await tx
    .insert(identity)
    .values({ issuer, subject, userId, linkedAt: now, ...seen })
    .onConflictDoUpdate({ target: [identity.issuer, identity.subject], set: seen });
}

async function hasRights(tx: Transaction, userId: string): Promise<boolean> {
  const projects = await tx
    .select({ projectId: membership.projectId })
    .from(membership)
    .where(eq(membership.userId, userId))
    .limit(1);
  if (projects.length > 0) return true;
  const rows = await tx
    .select({ roles: account.heldInstanceRoles })
    .from(account)
    .where(eq(account.userId, userId));
  return (rows[0]?.roles.length ?? 0) > 0;
}

function grantsNothing({ provider, person }: Entering): boolean {
  const { projects, instance } = grantsOf(person.groups, provider.rules);
  return projects.size === 0 && instance.roles.length === 0;
}

const mostNamed = 20;

function nothingMapped({ provider, person }: Entering): Refusal {
  const { groups } = person;
  const named = groups.slice(0, mostNamed).join(', ');
  const more = groups.length > mostNamed ? ` and ${groups.length - mostNamed} more` : '';
  const seen =
    groups.length === 0
      ? `it sent no groups (claim "${provider.groupsClaim}")`
      : `none of the groups that it sent has a role here: ${named}${more}`;
  return refusal({
    code: 'noRights',
    message: `You are ${person.email ?? person.name} at ${provider.name}, but ${seen}.`,
    fix: `Ask ${provider.contact ?? 'an admin of this Fairlead'} to give one of your groups, or you, a role.`,
  });
}

function disabledRefusal(provider: StoredProvider): Refusal {
  return refusal({
    code: 'forbidden',
    message: 'Your account here is disabled.',
    fix: `Ask ${provider.contact ?? 'an admin of this Fairlead'}.`,
  });
}

async function keepOut(tx: Transaction, entering: Entering, refused: Refused): Promise<Admitted> {
  const { provider, person, now } = entering;
  const draft: AuditDraft = {
    object: { kind: 'identityProvider', id: provider.id, name: provider.name },
    sentence: `kept out ${person.email ?? person.name}, who came through ${provider.name}: ${refused.refusal.message}`,
  };
  await appendAudit(tx, { ...systemAct(now, 'sessions.refuse'), drafts: [draft] });
  return { kind: 'out', refusal: refused.refusal };
}

function systemAct<Action extends 'users.link' | 'users.create' | 'sessions.refuse'>(
  now: Date,
  action: Action,
) {
  return { projectId: null, actor: systemPrincipal, action, now, origin: 'live' as const };
}
