import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, session } from '../db/schema/identity.ts';
import { type TestDatabase, testDatabase } from '../db/test-database.ts';
import { databaseClock } from './clock.ts';
import type { Context } from './context.ts';
import { insertPerson, type Person } from './identity-fixture.ts';
import { sessionPrincipal } from './principals.ts';
import { secretHash } from './secret.ts';
import { makeSignInLink, signInWithLink, signInWithPassword } from './sessions/sign-in.ts';
import { refusalOf } from './test-fixture.ts';
import { changePassword, createUser, disableUser, listUsers } from './users/commands.ts';

let test: TestDatabase;
let ada: Person;
let ben: Person;
const password = 'correct horse battery';

beforeAll(async () => {
  test = await testDatabase();
  ada = await insertPerson(test.db, { name: 'Ada', instanceRoles: ['admin'] });
  ben = await insertPerson(test.db, { name: 'Ben' });
});
afterAll(() => test.drop());

const deps = () => ({ db: test.db, clock: databaseClock });
const byLink = async (userId: string) => {
  const { secret } = await signInWithLink(deps(), await makeSignInLink(test.db, userId, 1));
  return secretHash(secret);
};
const mailOf = (person: Person) => `${person.userId}@example.test`;
const byPassword = (person: Person, word: string) =>
  signInWithPassword(deps(), { email: mailOf(person), password: word, address: '127.0.0.1' });

describe('a person', () => {
  it('is created by an admin of the instance with a link that signs them in once', async () => {
    const input = { name: 'Cleo', email: 'Cleo@Example.test', instanceRoles: ['auditor' as const] };
    const { id, link } = await createUser(ada.ctx, input);
    const secret = link.split('#link=')[1] ?? '';
    expect((await signInWithLink(deps(), secret)).userId).toBe(id);
    expect((await refusalOf(signInWithLink(deps(), secret))).code).toBe('unauthenticated');
    expect(await listUsers(ada.ctx, undefined)).toContainEqual(
      expect.objectContaining({ id, email: 'cleo@example.test', instanceRoles: ['auditor'] }),
    );
    expect((await refusalOf(createUser(ada.ctx, input))).code).toBe('nameTaken');
    expect((await refusalOf(createUser(ada.ctx, { ...input, email: 'no address' }))).code).toBe(
      'invalidInput',
    );
  });

  it('who is disabled is signed out at once and comes in neither by session, password nor link', async () => {
    await changePassword(ben.ctx, { next: password });
    const open = await byLink(ben.userId);
    const waiting = await makeSignInLink(test.db, ben.userId, 1);
    expect((await sessionPrincipal(test.db, open))?.name).toBe('Ben');
    await disableUser(ada.ctx, { userId: ben.userId });
    expect(await sessionPrincipal(test.db, open)).toBeNull();
    expect((await refusalOf(byPassword(ben, password))).message).toBe('E-mail address or password is wrong.');
    expect((await refusalOf(signInWithLink(deps(), waiting))).code).toBe('unauthenticated');
    expect(await test.db.select().from(session).where(eq(session.userId, ben.userId))).toEqual([]);
  });

  it('cannot disable themselves, so that an admin of the instance is always left', async () => {
    expect((await refusalOf(disableUser(ada.ctx, { userId: ada.userId }))).message).toBe(
      'You cannot disable yourself.',
    );
  });

  it('changes their password with the present one only, which ends their other sessions and not this one', async () => {
    const dora = await insertPerson(test.db, { name: 'Dora' });
    const [here, elsewhere] = [await byLink(dora.userId), await byLink(dora.userId)];
    const ctx: Context = { ...dora.ctx, sessionIdHash: here };
    await changePassword(ctx, { next: password });
    expect(await sessionPrincipal(test.db, elsewhere)).toBeNull();
    expect((await sessionPrincipal(test.db, here))?.name).toBe('Dora');
    const wrong = await refusalOf(changePassword(ctx, { present: 'guess', next: 'another long one' }));
    expect(wrong.message).toBe('The present password is wrong.');
    await changePassword(ctx, { present: password, next: 'another long one' });
    expect((await byPassword(dora, 'another long one')).userId).toBe(dora.userId);
    expect((await refusalOf(byPassword(dora, password))).code).toBe('unauthenticated');
    const stored = await test.db.select().from(account).where(eq(account.userId, dora.userId));
    expect(JSON.stringify(stored)).not.toContain('another long one');
    expect((await refusalOf(changePassword(ctx, { present: 'another long one', next: 'short' }))).code).toBe(
      'invalidInput',
    );
  });

  it('is created, listed and disabled by admins of the instance only', async () => {
    const eve = await insertPerson(test.db, { name: 'Eve', instanceRoles: ['auditor'] });
    const friend = { name: 'Friend', email: 'friend@example.test', instanceRoles: ['admin' as const] };
    expect((await refusalOf(createUser(eve.ctx, friend))).code).toBe('forbidden');
    expect((await refusalOf(disableUser(eve.ctx, { userId: ada.userId }))).code).toBe('forbidden');
    expect((await refusalOf(listUsers(eve.ctx, undefined))).code).toBe('forbidden');
    const nobody = '0190a000-0000-7000-8000-000000000000';
    expect((await refusalOf(disableUser(ada.ctx, { userId: nobody }))).code).toBe('notFound');
  });
});
